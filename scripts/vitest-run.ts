/** Runs vitest and counts: the last line of a test run is for machines as well as for people. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { root, runTool } from "./command.ts";
import { isSlowRun, sampledFiles, slowFiles } from "./slow-tests.ts";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The part of vitest's JSON report that is read here. */
export interface VitestReport {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly ancestorTitles: readonly string[];
      readonly title: string;
    }[];
  }[];
}

const notRun: ReadonlySet<string> = new Set(["pending", "skipped", "todo", "disabled"]);

/** Runs all projects, or what the arguments select. What was skipped for a reason is named, with the reason. */
export async function runVitest(args: readonly string[]): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), "perdure-tests-"));
  const reportPath = join(folder, "report.json");
  const { code } = await runTool("vitest", [
    "run",
    "--reporter=default",
    "--reporter=json",
    `--reporter=${join(root, "scripts/project-times.ts")}`,
    `--outputFile.json=${reportPath}`,
    ...args,
  ]);
  const report = existsSync(reportPath) ? (JSON.parse(readFileSync(reportPath, "utf8")) as VitestReport) : undefined;
  rmSync(folder, { recursive: true });
  for (const line of report === undefined ? [] : skippedForReason(report)) console.log(`skipped: ${line}`);
  if (args.length === 0 && !isSlowRun) {
    console.log(`left to npm run test:slow: ${slowFiles.join(", ")}`);
    console.log(`run in part, and as a whole by npm run test:slow: ${sampledFiles.join(", ")}`);
  }
  return report === undefined ? { passed: 0, failed: 1, skipped: 0 } : countTests(report, code);
}

/** A file that fails before its tests, and a run that fails after them, count as one failure each. */
export function countTests(report: VitestReport, exitCode: number): Counts {
  const count = (status: string): number =>
    report.testResults.flatMap((file) => file.assertionResults).filter((test) => test.status === status).length;
  const brokenFiles = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  ).length;
  const failed = count("failed") + brokenFiles;
  return {
    passed: count("passed"),
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: [...notRun].reduce((sum, status) => sum + count(status), 0),
  };
}

/**
 * The tests that were skipped for a reason, with their number. The reason stands in brackets at the end of the name of
 * an outermost suite, or of a test that is in none.
 */
export function skippedForReason({ testResults }: VitestReport): readonly string[] {
  const counts = new Map<string, number>();
  for (const { name, assertionResults } of testResults) {
    for (const { status, ancestorTitles, title } of assertionResults) {
      const outermost = ancestorTitles[0] ?? title;
      if (!notRun.has(status) || !outermost.endsWith("]")) continue;
      const suite = `${relative(root, name)}: ${outermost}`;
      counts.set(suite, (counts.get(suite) ?? 0) + 1);
    }
  }
  return [...counts].map(([suite, count]) => `${suite} (${count})`);
}

/** For example "12 passed, 0 failed, 1 skipped". */
export function summary(counts: Counts): string {
  const skipped = counts.skipped === 0 ? "" : `, ${counts.skipped} skipped`;
  return `${counts.passed} passed, ${counts.failed} failed${skipped}`;
}
