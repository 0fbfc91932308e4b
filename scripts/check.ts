/**
 * `npm run check`: all that the CI runs. The tests wait much of their time, so the other checks run meanwhile, one after
 * the other; each writes what it has to say in one piece when it has ended. Every check runs whatever the others said, and
 * each counts as one test in the last line, so that this line alone tells the truth.
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

async function runChecks(): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const [name, args] of Object.entries(checks)) {
    const { code, output } = await run(process.execPath, args, { capture: true });
    console.log(`\n== ${name}: ${code === 0 ? "passed" : "failed"}\n${output}`);
    if (code !== 0) failed.push(name);
  }
  return failed;
}

const [failed, tests] = await Promise.all([runChecks(), runVitest([])]);
if (failed.length > 0) console.log(`\nfailed besides the tests: ${failed.join(", ")}`);
const counts = {
  passed: tests.passed + Object.keys(checks).length - failed.length,
  failed: tests.failed + failed.length,
  skipped: tests.skipped,
};
console.log(summary(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;
