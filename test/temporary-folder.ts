import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, onTestFinished, TestRunner } from "vitest";

/**
 * An empty folder that is gone when the test is over that asks for it, in its body or in a `beforeEach`; outside of tests
 * it is gone when all of the file or of the `describe` are over. It lies among the temporary files, or below another
 * folder. What is ended by hooks that are registered later may use it until then.
 */
export function temporaryFolder(name: string, below?: string): string {
  const folder = mkdtempSync(below === undefined ? join(tmpdir(), `perdure-${name}-`) : join(below, `${name}-`));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  if (TestRunner.getCurrentTest() === undefined) afterAll(remove);
  else onTestFinished(remove);
  return folder;
}
