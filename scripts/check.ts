/**
 * `npm run check`: all that the CI runs, tests last. Every check runs whatever the others said, and each counts as one
 * test in the last line, so that this line alone tells the truth.
 */

import { toolPath, run } from "./command.ts";
import { runVitest, summary } from "./vitest-run.ts";

const script = (name: string): string => `${import.meta.dirname}/${name}.ts`;

const checks: Readonly<Record<string, readonly string[]>> = {
  format: [toolPath("@biomejs/biome"), "format"],
  lint: [toolPath("oxlint"), "--type-aware", "--deny-warnings"],
  types: [script("types")],
  knip: [toolPath("knip"), "--no-progress", "--no-config-hints"],
  sizes: [script("sizes"), "--check"],
};

const failed: string[] = [];
for (const [name, args] of Object.entries(checks)) {
  console.log(`\n== ${name}`);
  if ((await run(process.execPath, args)).code !== 0) failed.push(name);
}

console.log("\n== tests");
const tests = await runVitest([]);
if (failed.length > 0) console.log(`\nfailed besides the tests: ${failed.join(", ")}`);
const counts = {
  passed: tests.passed + Object.keys(checks).length - failed.length,
  failed: tests.failed + failed.length,
  skipped: tests.skipped,
};
console.log(summary(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;
