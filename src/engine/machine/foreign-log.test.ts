import { describe, expect, test } from "vitest";
import { ForeignLog, readForeignLog } from "./foreign-log.ts";
import { ForeignLogLimits } from "./limits.ts";
import { Recorder } from "./recorder.ts";

const TOO_MUCH = expect.objectContaining({ code: "LOG_LIMIT_EXCEEDED" });

let writes = 0;
const commit = (...facts: readonly object[]): string =>
  JSON.stringify({ v: 3, writer: `w.${++writes}`, owner: "o", at: 1, facts });
const context = (depth: number, kind = "STARTED"): object => ({
  ...{ kind, id: `c${depth}`, type: "CONTEXT", subType: "RunInChildContext" },
  ...(depth > 1 && { parentId: `c${depth - 1}` }),
});
const start = (fields: object = {}): object => ({
  ...{ kind: "EXECUTION_STARTED", name: "n", incarnation: "0", functionName: "f", version: "1", retentionDays: 14 },
  ...fields,
});
const depths = (depth: number): readonly object[] => Array.from({ length: depth }, (_, at) => context(at + 1));

test("is what folding the same commits comes to", () => {
  const recorder = Recorder.started();
  recorder.checkpoint({ id: "1", type: "CONTEXT", action: "START" });
  recorder.checkpoint({ id: "1-1", parentId: "1", type: "STEP", action: "SUCCEED", payload: "1" });
  const { commits, state } = readForeignLog(recorder.bodies);
  expect(commits).toEqual(recorder.commits);
  expect(state).toEqual(recorder.state);
});

describe("operations lie 512 deep at the most", () => {
  test("in one commit, and in many", () => {
    expect(readForeignLog([commit(start()), commit(...depths(512))]).state.operations.size).toBe(512);
    expect(() => readForeignLog([commit(start()), commit(...depths(513))])).toThrow(TOO_MUCH);
    const each = depths(512).map((fact) => commit(fact));
    expect(readForeignLog([commit(start()), ...each]).state.operations.size).toBe(512);
    expect(() => readForeignLog([commit(start()), ...each, commit(context(513))])).toThrow(
      "513 deep; the limit is 512",
    );
  });

  test("a step counts as well as a context", () => {
    const step = { kind: "SUCCEEDED", id: "s", parentId: "c512", type: "STEP", subType: "Step" };
    expect(() => readForeignLog([commit(start()), commit(...depths(512), step)])).toThrow(TOO_MUCH);
  });

  test("in what a fork and a rewind begin with, too", () => {
    const forkedFrom = { executionId: "f/a", incarnation: "1", version: "1", cursor: 3 };
    const copied = { commits: [{ at: 1, facts: depths(513) }] };
    expect(() => readForeignLog([commit(start({ forkedFrom }), { kind: "COPIED", ...copied })])).toThrow(TOO_MUCH);
    const rewound = [
      commit(start()),
      commit({ kind: "EXECUTION_STOPPED" }),
      commit({ kind: "REWOUND", cursor: 1, ...copied }),
    ];
    expect(() => readForeignLog(rewound)).toThrow(TOO_MUCH);
  });

  test("in contexts that are over and dropped no less", () => {
    const log = new ForeignLog();
    log.add(commit(start()));
    expect(() => log.add(commit(...depths(600), context(1, "SUCCEEDED")))).toThrow(TOO_MUCH);
  });
});

test("has 128 Mi characters at the most, and is not looked into beyond that", () => {
  const body = "x".repeat(ForeignLogLimits.CHARACTERS / 32);
  expect(() => readForeignLog([...Array.from({ length: 32 }, () => body), "x"])).toThrow(TOO_MUCH);
  expect(() => readForeignLog([...Array.from({ length: 32 }, () => body)])).toThrow(
    expect.objectContaining({ code: "CORRUPT_LOG" }),
  );
});

test("is refused at the first commit with a wrong value", () => {
  expect(() => readForeignLog([commit(start()), commit({ kind: "READY", id: "1", at: 1e20 })])).toThrow('"at"');
});
