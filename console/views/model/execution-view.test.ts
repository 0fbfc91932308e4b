import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isSettled } from "perdure/engine";
import { firstSeqOf, operationAt, viewOf } from "./execution-view.ts";

/** The examples of the log's format: an order that is tried twice, waits, asks, and fails to ship. */
const [, block = ""] = /```jsonl\n(.*?)```/s.exec(readFileSync("docs/log-format.md", "utf8")) ?? [];
const log = block.trim().split("\n");

describe("the view of a log", () => {
  const view = viewOf(log);

  test("shows operations below the contexts that they are in", () => {
    expect(view.tracks.map(({ id, depth }) => [id, depth])).toEqual([
      ["1", 0],
      ["2", 0],
      ["3", 0],
      ["3-1", 1],
      ["3-2", 1],
      ["4", 0],
    ]);
  });

  test("knows every operation as it was after any commit", () => {
    const charge = view.track("1")!;
    expect([1, 2, 3, 4].map((seq) => operationAt(charge, seq)?.status)).toEqual([
      undefined,
      "PENDING",
      "READY",
      "SUCCEEDED",
    ]);
    expect(firstSeqOf(charge)).toBe(2);
  });

  test("counts the operations that had their outcome after any commit", () => {
    for (let seq = 0; seq <= log.length; seq++) {
      const settled = view.tracks.filter((track) => {
        const operation = operationAt(track, seq);
        return operation !== undefined && isSettled(operation.status);
      });
      expect([seq, view.settledAt(seq)]).toEqual([seq, settled.length]);
    }
  });

  test("draws each attempt and the pause between them", () => {
    expect(view.track("1")?.spans.map(({ kind, from, to }) => [kind, (to ?? 0) - from])).toEqual([
      ["work", 9],
      ["pause", 2_001],
      ["work", 18],
    ]);
  });

  test("tells what each invocation took from the log", () => {
    expect(view.invocations.map(({ number, replayed }) => [number, replayed])).toEqual([
      [1, 0],
      [2, 5],
    ]);
  });

  test("offers only the callbacks that are open", () => {
    expect(viewOf(log.slice(0, 9)).openCallbacks.map(({ id }) => id)).toEqual(["3-1"]);
    expect(view.openCallbacks).toEqual([]);
  });

  test("goes through the execution's own states too", () => {
    expect([1, log.length].map((seq) => view.headerAt(seq)?.status)).toEqual(["RUNNING", "FAILED"]);
  });

  test("names the operation that the code had reached", () => {
    expect(view.newestAt(8)?.id).toBe("3-2");
    expect(view.newestAt(1)).toBeUndefined();
  });
});
