import { expect, test } from "vitest";
import { COMMANDS } from "./commands.ts";
import { main } from "./main.ts";
import { requireNode } from "./require-node.ts";
import { printTable, statusCell } from "./table.ts";
import { type Output, Terminal } from "./terminal.ts";
import { parseDuration } from "./duration.ts";

class Written implements Output {
  text = "";
  readonly isTTY: boolean;
  readonly columns: number;

  constructor(columns = 0) {
    this.isTTY = columns > 0;
    this.columns = columns;
  }

  write(text: string): void {
    this.text += text;
  }
}

async function perdure(...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err] = [new Written(), new Written()];
  const code = await main(argv, { out, err, env: {} });
  return { code, out: out.text, err: err.text };
}

test.each([
  [["lst"], "There is no command lst: did you mean list?"],
  [["frobnicate"], "There is no command frobnicate; there are dev,"],
  [["list", "--statsu", "RUNNING"], "There is no option --statsu: did you mean --status?"],
  [["list", "--zzzzzzzz"], "There is no option --zzzzzzzz\n"],
  [["list", "--limit"], "--limit needs a value: --limit N"],
  [["list", "--limit", "--json"], "--limit needs a value: --limit N"],
  [["list", "--json=yes"], "--json takes no value."],
  [["list", "--limit", "many"], '--limit must be a number from 1 to 100000; "many" was given.'],
  [["list", "--status", "gone"], "--status is one of RUNNING,"],
  [["show"], "Something is missing. Usage: perdure show EXECUTION"],
  [["show", "a", "b"], "That is too much. Usage: perdure show EXECUTION"],
  [["list", "--url", "x", "--aws"], "--url and --aws are two places: give one."],
  [["list", "--url", "nowhere"], "--url must be an address"],
  [["invoke", "order", "{"], "The event is no JSON"],
  [["invoke", "order", "@nowhere.json"], "There is no file nowhere.json."],
  [["callback", "answer", "id"], 'A callback is to succeed, to fail, to heartbeat; "answer" was given.'],
  [["skip", "soon"], "A duration is like 45s"],
  [["replay", "nowhere.jsonl", "x.ts"], "There is no file nowhere.jsonl."],
  [["dev"], "Name the file of a handler"],
  [["--json", "list"], "Begin with a command."],
])("perdure %j is refused as wrong: %s", async (argv, message) => {
  const { code, out, err } = await perdure(...argv);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain(message);
  expect(err.startsWith("perdure: ")).toBe(true);
});

test("a bearer token is taken from the environment alone", async () => {
  const { code, err } = await perdure("list", "--url", "http://127.0.0.1:1");
  expect(code).toBe(2);
  expect(err).toContain("PERDURE_TOKEN");
});

test.each(COMMANDS.map(({ name }) => name))("perdure %s --help tells its options and the exit codes", async (name) => {
  const { code, out } = await perdure(name, "--help");
  expect(code).toBe(0);
  expect(out).toContain(`Usage: perdure ${name} `);
  for (const option of Object.keys(COMMANDS.find((each) => each.name === name)?.options ?? {})) {
    expect(out).toContain(`--${option}`);
  }
  expect(out).toContain("Exit codes:");
  expect(await perdure("help", name)).toMatchObject({ code: 0, out });
});

test("without a command it tells what there is, as a mistake", async () => {
  const { code, out } = await perdure();
  expect(code).toBe(2);
  for (const { name } of COMMANDS) expect(out).toContain(`\n  ${name} `);
});

test("a table fits a terminal, has colours there, and lets no text steer it", () => {
  const rows = [[{ text: "order/\u001b[31mfilm\n1" }, statusCell("FAILED"), { text: "x".repeat(200) }]];
  const print = (out: Output, env: Record<string, string> = {}): void =>
    printTable(new Terminal({ out, err: new Written(), env }), ["EXECUTION", "STATUS", "DETAIL"], rows);
  const [terminal, plain, file] = [new Written(60), new Written(60), new Written()];
  print(terminal);
  print(plain, { NO_COLOR: "1" });
  print(file);
  expect(terminal.text).toContain("\u001b[31mFAILED\u001b[0m");
  expect(plain.text).not.toContain("\u001b");
  expect(plain.text.split("\n").map((line) => line.length <= 60)).not.toContain(false);
  expect(plain.text).toContain("order/ [31mfilm 1");
  expect(file.text).toContain("x".repeat(200));
});

test("durations", () => {
  expect(["45s", "15m", "1h30m", "2d", "90"].map(parseDuration)).toEqual([
    45_000, 900_000, 5_400_000, 172_800_000, 90_000,
  ]);
  for (const text of ["", "0", "1x", "h", "1.5h", "9999d"])
    expect(() => parseDuration(text)).toThrow("A duration is like");
});

test("perdure dev names the Node that it needs", () => {
  for (const version of ["22.18.0", "24.0.0", "26.1.0"]) expect(() => requireNode(version)).not.toThrow();
  for (const version of ["20.20.2", "22.13.0", "23.5.0"])
    expect(() => requireNode(version)).toThrow("needs Node 22.18");
});
