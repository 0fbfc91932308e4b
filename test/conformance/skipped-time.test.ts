/** AWS's test runner puts a clock of its own in the place of the process's, once per setup. */

import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../../scripts/command.ts";

test.each(["early", "late"])("handlers run under every clock that AWS's runner installs, loaded %s", async (when) => {
  const program = join(import.meta.dirname, "skipped-time-process.ts");
  const { code, output } = await run(process.execPath, [program, when], { capture: true });
  expect(output).toBe("SUCCEEDED 2\n".repeat(4));
  expect(code).toBe(0);
});
