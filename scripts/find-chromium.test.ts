import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Candidate, firstThatStarts } from "./find-chromium.ts";
import { temporaryFolder } from "../test/temporary-folder.ts";

/** A program that takes a browser's place. */
function program(body: string): Candidate {
  const folder = temporaryFolder("find");
  const executablePath = join(folder, "browser");
  writeFileSync(executablePath, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return { executablePath, origin: "a test" };
}

const working = (): Candidate =>
  program(
    `echo "DevTools listening on ws://127.0.0.1/" >&2\nexec "${process.execPath}" -e "setInterval(() => {}, 1e6)"`,
  );

describe.skipIf(process.platform === "win32")("the Chromium for the tests", () => {
  test("is the first that starts, and those after it are left alone", async () => {
    const found = working();
    const sources = [
      () => [],
      () => [program('echo "a library is missing" >&2; exit 127'), found],
      () => expect.unreachable("nothing more is wanted"),
    ];
    expect(await firstThatStarts(sources)).toMatchObject({ found: true, ...found, env: {} });
  });

  test("may come from a later source when an earlier one is broken", async () => {
    const found = working();
    const broken = () => Promise.reject(new Error("it cannot be unpacked"));
    expect(await firstThatStarts([broken, () => [found]])).toMatchObject({ found: true, ...found });
  });

  test("is missing for reasons that are told, each with the browser it belongs to", async () => {
    const mute = program("exit 3");
    const failing = program('echo "a library is missing" >&2; exit 127');
    const absent = { executablePath: "/nowhere/chrome", origin: "CHROME_PATH" };
    const found = await firstThatStarts([
      () => [mute, failing],
      () => [absent],
      () => Promise.reject(new Error("it cannot be unpacked")),
    ]);
    expect(found).toEqual({
      found: false,
      reason: [
        `${mute.executablePath} (a test) does not start: it ends with code 3`,
        `${failing.executablePath} (a test) does not start: a library is missing`,
        "/nowhere/chrome (CHROME_PATH) does not exist",
        "it cannot be unpacked",
      ].join("; "),
    });
  });

  test("is missing where there is nothing to start", async () => {
    expect(await firstThatStarts([() => []])).toEqual({
      found: false,
      reason: "no Chrome, Chromium or Edge is installed (set CHROME_PATH to name one)",
    });
  });
});
