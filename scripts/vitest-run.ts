/** Runs vitest and counts: the last line of a test run is for machines as well as for people. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "./command.ts";

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
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** Runs all projects, or what the arguments select. */
export async function runVitest(args: readonly string[]): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), "perdure-tests-"));
  const reportPath = join(folder, "report.json");
  const { code } = await runTool("vitest", [
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${reportPath}`,
    ...args,
  ]);
  const report = existsSync(reportPath) ? (JSON.parse(readFileSync(reportPath, "utf8")) as VitestReport) : undefined;
  rmSync(folder, { recursive: true });
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
    skipped: count("pending") + count("skipped") + count("todo") + count("disabled"),
  };
}

/** For example "12 passed, 0 failed, 1 skipped". */
export function summary(counts: Counts): string {
  const skipped = counts.skipped === 0 ? "" : `, ${counts.skipped} skipped`;
  return `${counts.passed} passed, ${counts.failed} failed${skipped}`;
}
