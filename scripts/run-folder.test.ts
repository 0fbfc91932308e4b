import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { run } from "./command.ts";
import { removeAbandoned } from "./run-folder.ts";

const MODULE = JSON.stringify(new URL("run-folder.ts", import.meta.url).href);

/** A process that has its own folder for temporary files, puts one there in a process of its own, and may be killed. */
function program(end: string): string {
  return `
    import { execFileSync } from "node:child_process";
    import os from "node:os";
    import { useRunFolder } from ${MODULE};
    useRunFolder();
    const once = os.tmpdir();
    useRunFolder();
    if (os.tmpdir() !== once) throw new Error("a folder in the folder");
    const make = "fs.mkdtempSync(path.join(os.tmpdir(), 'left-'))";
    console.log(execFileSync(process.execPath, ["-p", make], { encoding: "utf8" }));
    ${end}
  `;
}

test("what a run leaves among the temporary files is gone with it, or with the next one if it is killed", async () => {
  const place = temporaryFolder("runs");
  const env = { TMPDIR: place, TMP: place, TEMP: place };
  const runProgram = (end: string) =>
    run(process.execPath, ["--input-type=module", "-e", program(end)], { capture: true, env });
  const { code, output } = await runProgram("");
  expect(code).toBe(0);
  expect(output).toContain(join(place, "perdure-run-"));
  expect(readdirSync(place)).toEqual([]);
  await runProgram('process.kill(process.pid, "SIGKILL");');
  expect(readdirSync(place)).toEqual([expect.stringMatching(/^perdure-run-\d+-/)]);
  const running = join(place, `perdure-run-${process.pid}-running`);
  mkdirSync(running);
  mkdirSync(join(place, "perdure-run-of-something-else"));
  removeAbandoned(place);
  expect(readdirSync(place).toSorted()).toEqual([
    `perdure-run-${process.pid}-running`,
    "perdure-run-of-something-else",
  ]);
  expect(existsSync(running)).toBe(true);
});
