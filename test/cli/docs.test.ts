/** What docs/cli.md shows is what there is. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root } from "../../scripts/command.ts";
import { parseArguments } from "../../src/cli/arguments.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { codeBlocks } from "../readme/code-blocks.ts";
import { Emulator, PERDURE, Project } from "./emulator.ts";

const page = readFileSync(join(root, "docs", "cli.md"), "utf8");
const project = new Project();
let emulator: Emulator | undefined;

afterAll(async () => {
  await emulator?.end("SIGKILL");
  project.remove();
});

/** The words of a shell's line: what is in single quotes is one. */
function words(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

const lines = [...page.matchAll(/npx perdure ([^#>\n]+)/g)].map(([, line = ""]) => words(line));

test("every command line of the page is one", () => {
  expect(lines.length).toBeGreaterThan(8);
  for (const [name, ...argv] of lines) {
    const command = COMMANDS.find((each) => each.name === name);
    const { positionals } = parseArguments(argv, command?.options ?? {});
    const [least = 1, most = 0] = command?.count ?? [];
    expect(positionals.length, `perdure ${name}`).toBeGreaterThanOrEqual(least);
    expect(positionals.length, `perdure ${name}`).toBeLessThanOrEqual(most);
  }
});

test("every command and every exit code has its place on the page", () => {
  for (const { name } of COMMANDS.slice(1)) expect(page).toMatch(new RegExp(`\\| \`${name}[ \`]`));
  for (const code of [0, 1, 2, 3, 4]) expect(page).toContain(`\n| ${code} |`);
});

test("the first example does what the page says", async () => {
  project.write("order.ts", (codeBlocks(page).get("order.ts") ?? "").replace('"perdure"', PERDURE));
  const [dev, invoke = [], ...others] = lines.slice(0, 6);
  expect(dev).toEqual(["dev", "./order.ts"]);
  emulator = await Emulator.start(project, ["./order.ts"]);
  const codeOf = async (argv: readonly string[]) => (await project.run(...argv)).code;
  expect(await codeOf(invoke)).toBe(0);
  await expect.poll(async () => (await project.run("history", "o-1")).out).toContain("WaitStarted");
  // A reader of the page is slower than this: what is answered is waited for by then.
  for (const argv of others) await expect.poll(() => codeOf(argv), { message: argv.join(" ") }).toBe(0);
  expect((await project.run("show", "o-1")).out).toContain('{"payment":"paid 40","approval":"yes"}');
});
