import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { findFirefox, findWebKit } from "./find-engines.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";

/** A program that says something and ends. */
function program(says: string): string {
  const folder = temporaryFolder("engine");
  const path = join(folder, "program");
  writeFileSync(path, `#!/bin/sh\necho "${says}" >&2\n`);
  chmodSync(path, 0o700);
  return path;
}

function named(variable: string, path: string): void {
  vi.stubEnv(variable, path);
  onTestFinished(() => void vi.unstubAllEnvs());
}

test("a Firefox that is not there is none, for that reason", async () => {
  named("FIREFOX_PATH", "/nowhere/firefox");
  const reason = expect.stringMatching(/^\/nowhere\/firefox does not start: .*ENOENT/) as string;
  expect(await findFirefox()).toEqual({ found: false, reason });
});

test("a WebKit whose driver is not there, or does not come up, is none, for that reason", async (context) => {
  if (!(await findWebKit()).found) context.skip();
  named("WEBKIT_DRIVER_PATH", "/nowhere/driver");
  expect(await findWebKit()).toEqual({ found: false, reason: "/nowhere/driver does not start" });
  const path = program("no libraries here");
  named("WEBKIT_DRIVER_PATH", path);
  expect(await findWebKit()).toMatchObject({ found: false, reason: expect.stringContaining("no libraries here") });
});

test("a Firefox that does not come up is none, for what it says", async () => {
  const path = program("no libraries here");
  named("FIREFOX_PATH", path);
  expect(await findFirefox()).toEqual({ found: false, reason: `${path} ended. no libraries here` });
});

test("where nothing is installed there is neither, and the reason says how to name one", async () => {
  named("PATH", "/nowhere");
  expect(await findFirefox()).toEqual({ found: false, reason: expect.stringContaining("FIREFOX_PATH") as string });
  expect(await findWebKit()).toEqual({ found: false, reason: expect.stringContaining("WEBKIT_DRIVER_PATH") as string });
});
