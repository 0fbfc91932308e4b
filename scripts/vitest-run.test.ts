import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "./command.ts";
import { countTests, skippedForReason, summary, type VitestReport } from "./vitest-run.ts";

const report = (...files: readonly (readonly [status: string, ...tests: string[]])[]): VitestReport => ({
  success: files.every(([status]) => status === "passed"),
  testResults: files.map(([status, ...tests], index) => ({
    name: `file-${index}.test.ts`,
    status,
    assertionResults: tests.map((test) => ({ status: test, ancestorTitles: [], title: "a test" })),
  })),
});

describe("the summary of a test run", () => {
  test("adds up all files", () => {
    const counts = countTests(report(["passed", "passed", "passed"], ["failed", "passed", "failed", "pending"]), 1);
    expect(summary(counts)).toBe("3 passed, 1 failed, 1 skipped");
  });

  test("leaves out skipped tests when there are none", () => {
    expect(summary(countTests(report(["passed", "passed"]), 0))).toBe("1 passed, 0 failed");
  });

  test("counts a file that broke before its tests as a failure", () => {
    expect(summary(countTests(report(["passed", "passed"], ["failed"]), 1))).toBe("1 passed, 1 failed");
  });

  test("reports a failure when only the exit code tells of one", () => {
    expect(summary(countTests(report(["passed", "passed"]), 1))).toBe("1 passed, 1 failed");
  });
});

describe("what was skipped", () => {
  const skipped = (title: string, ...ancestorTitles: string[]) => ({ status: "skipped", title, ancestorTitles });

  test("is named by its outermost suite where that has a reason, with how much it is", () => {
    const name = join(root, "test", "crash.test.ts");
    const assertionResults = [
      skipped("of a tab", "a crash [no Chromium]", "in a tab"),
      skipped("of a browser", "a crash [no Chromium]"),
      skipped("alone [not here]"),
      skipped("left out by a filter", "another suite"),
      { ...skipped("passes", "a crash [no Chromium]"), status: "passed" },
    ];
    expect(skippedForReason({ success: true, testResults: [{ name, status: "passed", assertionResults }] })).toEqual([
      `${join("test", "crash.test.ts")}: a crash [no Chromium] (2)`,
      `${join("test", "crash.test.ts")}: alone [not here] (1)`,
    ]);
  });
});
