import type { DirectoryRow, ExecutionHeader } from "perdure/engine";
import { expect, test } from "vitest";
import { type ExecutionStateName, stateOfHeader, stateOfRow } from "./execution-state.ts";

const known = { id: "f/x", functionName: "f", name: "x", version: "1", incarnation: "", seq: 1, startedAt: 0 };
const error = { errorMessage: "stop" };

const stands: readonly (readonly [ExecutionStateName, Partial<DirectoryRow>, Partial<ExecutionHeader>])[] = [
  ["RUNNING", {}, {}],
  ["RUNNING", { startAt: 100 }, { startAt: 100 }],
  ["SCHEDULED", { startAt: 101 }, { startAt: 101 }],
  ["STOPPED", { status: "STOPPED", startAt: 101 }, { status: "STOPPED", startAt: 101 }],
  ["HALTED", { halted: true, haltReason: "NON_DETERMINISM" }, { halt: { reason: "NON_DETERMINISM", error, at: 5 } }],
  ["HALTED", { halted: true }, { halt: { reason: "REPEATED_FAULTS", error, at: 5 } }],
  [
    "PAUSED",
    { halted: true, haltReason: "PAUSED", startAt: 101 },
    { halt: { reason: "PAUSED", error, at: 5 }, startAt: 101 },
  ],
];

test.each(stands)("is %s, from a row and from a header", (state, row, header) => {
  expect(stateOfRow({ ...known, status: "RUNNING", ...row }, 100)).toBe(state);
  expect(stateOfHeader({ ...known, retentionDays: 1, status: "RUNNING", ...header }, 100)).toBe(state);
});
