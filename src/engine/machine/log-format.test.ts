import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeCommit, encodeCommit } from "./commit-codec.ts";
import { fold } from "./fold.ts";
import { historyOf } from "./history.ts";
import { violations } from "./invariants.ts";
import type { ExecutionState } from "./state.ts";
import { emptyState } from "./state.ts";

const page = readFileSync(new URL("../../../docs/log-format.md", import.meta.url), "utf8");
const logs = [...page.matchAll(/```jsonl\n(.*?)```/gs)].map(([, log = ""]) => log.trim().split("\n"));

function folded(log: readonly string[]): ExecutionState {
  const state = emptyState();
  for (const line of log) fold(state, decodeCommit(line));
  return state;
}

describe("the examples of docs/log-format.md", () => {
  test.each(logs)("fold without a breach, and are written as this version writes (%#)", (...log) => {
    expect(violations(folded(log))).toEqual([]);
    expect(log.map((line) => encodeCommit(decodeCommit(line)))).toEqual(log);
  });

  test("come to what the page says of them", () => {
    expect(logs.map((log) => folded(log).header.status)).toEqual([
      "FAILED",
      "SUCCEEDED",
      "STOPPED",
      "TIMED_OUT",
      "STOPPED",
    ]);
    const [order, batch, fork] = logs.map(folded);
    expect([...(order?.operations.values() ?? [])].map(({ id, delivery }) => `${id}: ${delivery}`)).toEqual([
      "1: 1",
      "2: 2",
      "3: 6",
      "4: 7",
    ]);
    expect(batch?.header).toMatchObject({ version: "2", parentNotified: true });
    expect(fork?.header).toMatchObject({
      forkedFrom: { executionId: "order/order-17", operationId: "4" },
      forks: [{ executionId: "order/order-18" }],
      rewinds: 1,
      purged: true,
    });
    expect([...historyOf((logs[0] ?? []).map(decodeCommit))].map(({ eventType }) => eventType)).toEqual([
      "ExecutionStarted",
      "StepStarted",
      "StepFailed",
      "StepStarted",
      "StepSucceeded",
      "WaitStarted",
      "WaitSucceeded",
      "ContextStarted",
      "CallbackStarted",
      "StepSucceeded",
      "InvocationCompleted",
      "CallbackSucceeded",
      "ContextSucceeded",
      "StepFailed",
      "InvocationCompleted",
      "ExecutionFailed",
    ]);
  });

  test("have every kind of fact, and the page explains each", () => {
    const shown = new Set(logs.flat().flatMap((line) => decodeCommit(line).facts.map(({ kind }) => kind)));
    const explained = new Set([...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, kind = ""]) => kind));
    expect([...shown].toSorted()).toEqual([...explained].toSorted());
    expect([...shown]).toHaveLength(22);
  });
});
