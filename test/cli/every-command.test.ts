/** Every command against every face, in words and as JSON: the same calls have the same answers and exit codes everywhere. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { main } from "../../src/cli/main.ts";
import { COMMAND_FACES, type CommandFace, FUNCTIONS } from "./command-faces.ts";
import type { CommandAnswer } from "./emulator.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** Servers, which have tests of their own, and what asks no face or the emulator alone. */
const ELSEWHERE: readonly string[] = ["dev", "console", "skip"];
const folder = temporaryFolder("every-command");

async function perdure(argv: readonly string[]): Promise<CommandAnswer> {
  const written = { out: "", err: "" };
  const to = (stream: "out" | "err") => ({ write: (text: string) => (written[stream] += text) });
  return { code: await main(argv, { out: to("out"), err: to("err"), env: {} }), ...written };
}

describe.each(COMMAND_FACES)("against %s", (_, open) => {
  let face: CommandFace;
  let arn: string;
  /** The commands that were called, those with `--json` once more. */
  const called = new Set<string>();

  beforeAll(async () => {
    face = await open();
    if (face.token !== undefined) process.env["PERDURE_TOKEN"] = face.token;
  });

  afterAll(async () => {
    delete process.env["PERDURE_TOKEN"];
    await face?.close();
  });

  async function call(...argv: readonly string[]): Promise<CommandAnswer> {
    called.add(argv.includes("--json") ? `${argv[0]} --json` : `${argv[0]}`);
    return perdure(argv[0] === "replay" ? argv : [...argv, ...face.place]);
  }

  /** What a command prints that ends with this code. */
  async function ends(code: number, ...argv: readonly string[]): Promise<string> {
    const answer = await call(...argv);
    expect(answer, `${argv.join(" ")}\n${answer.err}`).toMatchObject({ code });
    return answer.out;
  }

  async function json(code: number, ...argv: readonly string[]): Promise<unknown> {
    return JSON.parse(await ends(code, ...argv, "--json"));
  }

  async function waits(execution: string): Promise<void> {
    await expect.poll(async () => (await call("history", execution)).out).toContain("CallbackStarted");
  }

  test("invoke waits for the result, and its exit code is that of the execution", async () => {
    expect(await ends(0, "invoke", "greet", '"Ada"')).toBe('"Hello, Ada"\n');
    const named = ["invoke", "greet", '"Bob"', "--name", "g-1"];
    expect(await json(0, ...named)).toMatchObject({ Status: "SUCCEEDED", Result: '"Hello, Bob"' });
    expect(await ends(0, ...named, "--quiet")).toBe('"Hello, Bob"\n');
    expect((await call("invoke", "order", '{"total":-1}')).err).toContain("FAILED: RangeError: nothing to pay");
    expect(await json(1, "invoke", "order", '{"total":-1}')).toMatchObject({ Error: { ErrorType: "RangeError" } });
    arn = (await ends(0, "invoke", "order", '{"total":7}', "--name", "o-1", "--tag", "team=a", "--async")).trim();
    expect(arn).toMatch(/^arn:.*:order:.*\/o-1\/\w+$/);
  });

  test("list, show and history tell of it", async () => {
    await waits("order/o-1");
    expect(await ends(0, "list", "order", "--status", "RUNNING")).toMatch(/^order\/o-1 +RUNNING/m);
    for (const filter of [
      ["--name", "o-1"],
      ["--prefix", "o-"],
      ["--tag", "team=a"],
      ["--limit", "1"],
    ])
      expect(await json(0, "list", "order", ...filter)).toMatchObject({
        DurableExecutions: [{ DurableExecutionArn: arn, Status: "RUNNING" }],
      });
    expect(await json(0, "list", "order", "--halted")).toMatchObject({ DurableExecutions: [] });
    expect(await ends(0, "show", "o-1")).toMatch(/^status +RUNNING$/m);
    expect(await json(0, "show", arn)).toMatchObject({ DurableExecutionName: "o-1", InputPayload: '{"total":7}' });
    expect(await ends(0, "history", "order/o-1")).toMatch(/StepSucceeded +charge +7$/m);
    const { Events } = (await json(0, "history", "order/o-1")) as { Events: { EventType: string }[] };
    expect(Events.slice(0, 5).map(({ EventType }) => EventType)).toEqual([
      "ExecutionStarted",
      "StepStarted",
      "StepSucceeded",
      "ContextStarted",
      "CallbackStarted",
    ]);
    const commits = (await ends(0, "history", "o-1", "--log")).trim().split("\n");
    expect(JSON.parse(commits[0] ?? "")).toMatchObject({ facts: [{ kind: "EXECUTION_STARTED" }] });
  });

  test("pause holds it, callback answers it, and resume and tail go on to its end", async () => {
    await ends(0, "callback", "heartbeat", "--of", "o-1");
    await ends(0, "pause", "o-1", "--reason", "by hand");
    expect(await ends(0, "show", "o-1")).toMatch(
      /^status +PAUSED\n[^]*by hand\nhalted +PAUSED, at .*: perdure resume goes on with it\nwaits for +callback "approve"/m,
    );
    expect(await ends(0, "list", "order", "--halted")).toContain("order/o-1");
    await ends(0, "callback", "succeed", "yes", "--of", "o-1");
    await ends(4, "purge", "o-1");
    await ends(0, "resume", "o-1");
    expect(await ends(0, "tail", "o-1")).toContain("CallbackSucceeded");
    const lines = (await ends(0, "tail", "o-1", "--json")).trim().split("\n");
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ EventType: "ExecutionSucceeded" });
    expect(await json(0, "show", "o-1")).toMatchObject({
      Status: "SUCCEEDED",
      Result: '{"paid":7,"answer":"yes"}',
    });
    await ends(4, "callback", "succeed", "--of", "o-1");
  });

  test("replay holds its log against the code", async () => {
    for (const form of ["--json", "--log"]) {
      const log = join(folder, "o-1.log");
      writeFileSync(log, await ends(0, "history", "o-1", form));
      await ends(0, "replay", log, `${FUNCTIONS}#order`, "--every-commit");
      await json(0, "replay", log, `${FUNCTIONS}#order`);
      await ends(1, "replay", log, `${FUNCTIONS}#greet`);
    }
  });

  test("fork and rewind take it up again, stop and callback end that, and purge removes it", async () => {
    expect(await ends(0, "fork", "o-1", "--before", "approve", "--name", "o-2")).toMatch(/\/o-2\/\w+\n$/);
    expect(await json(0, "fork", "o-1", "--before", "charge", "--name", "o-3")).toMatchObject({
      DurableExecutionArn: expect.stringContaining("/o-3/"),
    });
    // Its callback begins anew, under the id of one that has been answered before.
    await ends(0, "rewind", "o-1", "--before", "approve");
    for (const name of ["o-1", "o-2", "o-3"]) await waits(name);
    await ends(0, "stop", "o-2", "--message", "enough");
    expect(await ends(1, "tail", "o-2")).toContain("ExecutionStopped");
    expect(await json(0, "stop", "o-3")).toMatchObject({ StopTimestamp: expect.any(String) });
    const failed = ["callback", "fail", "--of", "o-1", "--message", "never", "--type", "Refused"];
    await expect.poll(async () => (await call(...failed)).code).toBe(0);
    expect(await ends(1, "tail", "o-1")).toContain("never");
    await ends(0, "purge", "o-2");
    await ends(4, "show", "o-2");
  });

  test("bulk does the same to all that the filters find", async () => {
    const ended = ["bulk", "purge", "order", "--name", "o-3"];
    expect((await call(...ended)).err).toContain("There is one to purge: order/o-3. Give --yes to do it.");
    expect(await json(0, ...ended, "--yes")).toEqual({ Done: 1, Unchanged: 0, Failed: [], Left: 0 });
    await ends(4, "show", "o-3");
    expect(await ends(0, ...ended, "--yes")).toBe("");
  });

  test("what there is not is 4, what cannot be meant is 2, and nobody there, or a wrong token, is 3", async () => {
    for (const argv of [
      ["invoke", "nothing"],
      ["show", "order/nowhere"],
      ["history", "order/nowhere"],
      ["tail", "order/nowhere"],
      ["stop", "order/nowhere"],
      ["resume", "order/nowhere"],
      ["pause", "order/nowhere"],
      ["purge", "order/nowhere"],
      ["fork", "order/nowhere"],
      ["rewind", "order/nowhere", "--commit", "1"],
      ["callback", "succeed", "no-such-callback"],
      ["fork", "order/o-1", "--before", "nothing"],
    ])
      await ends(4, ...argv);
    for (const argv of [
      ["invoke", "greet", "{no json"],
      ["list", "--status", "LOST"],
      ["rewind", "o-1"],
      ["show"],
      ["history", "o-1", "--json", "--log"],
      ["callback", "answer", "--of", "o-1"],
    ])
      await ends(2, ...argv);
    vi.stubEnv("PERDURE_TOKEN", undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await perdure(["list", "--url", face.url])).toMatchObject({ code: 2 });
    vi.stubEnv("PERDURE_TOKEN", "another");
    for (const url of ["http://127.0.0.1:9", face.url])
      expect(await perdure(["list", "--url", url])).toMatchObject({ code: 3 });
  });

  test("and no command was left out, nor its JSON", () => {
    const all = COMMANDS.filter(({ name }) => !ELSEWHERE.includes(name)).flatMap(({ name, options }) =>
      "json" in options ? [name, `${name} --json`] : [name],
    );
    expect([...called].toSorted()).toEqual(all.toSorted());
  });
});
