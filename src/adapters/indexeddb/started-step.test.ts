import { expect, test } from "vitest";
import { encodeCommit } from "../../engine/machine/commit-codec.ts";
import { type Fact, LOG_FORMAT_VERSION } from "../../engine/model/commit.ts";
import { leavesStepStarted } from "./started-step.ts";

function bodyOf(...facts: Fact[]): string {
  return encodeCommit({ v: LOG_FORMAT_VERSION, writer: "w.1", owner: "o", at: 5, facts });
}

const started: Fact = { kind: "STARTED", id: "1", type: "STEP", subType: "Step" };

test("a step that has started and not ended", () => {
  expect(leavesStepStarted(bodyOf(started))).toBe(true);
  expect(leavesStepStarted(bodyOf({ kind: "SUCCEEDED", id: "2" }, started))).toBe(true);
});

test("the next attempt of a step", () => {
  expect(leavesStepStarted(bodyOf({ kind: "STARTED", id: "1", at: 4 }))).toBe(true);
});

test("not a step that has ended in the same commit", () => {
  expect(leavesStepStarted(bodyOf(started, { kind: "SUCCEEDED", id: "1", result: "1" }))).toBe(false);
  expect(leavesStepStarted(bodyOf(started, { kind: "RETRIED", id: "1", delaySeconds: 1, dueAt: 9 }))).toBe(false);
  expect(leavesStepStarted(bodyOf({ kind: "SUCCEEDED", id: "1", type: "STEP" }))).toBe(false);
});

test("a step beside others that have ended in the same commit, or whose id begins like its own", () => {
  const other: Fact = { kind: "STARTED", id: "2", type: "STEP" };
  expect(leavesStepStarted(bodyOf(started, { kind: "SUCCEEDED", id: "1" }, other))).toBe(true);
  expect(leavesStepStarted(bodyOf(started, { kind: "SUCCEEDED", id: "10" }))).toBe(true);
  const quoting = JSON.stringify({ id: "1", kind: "SUCCEEDED" });
  expect(leavesStepStarted(bodyOf(started, { kind: "SUCCEEDED", id: "2", result: `${quoting},` }))).toBe(true);
});

test("not what is no step, and not what only speaks of one", () => {
  expect(leavesStepStarted(bodyOf({ kind: "STARTED", id: "1", type: "WAIT", waitSeconds: 1, dueAt: 9 }))).toBe(false);
  expect(leavesStepStarted(bodyOf({ kind: "STARTED", id: "1", type: "CONTEXT" }))).toBe(false);
  const quoting = bodyOf({ kind: "SUCCEEDED", id: "1", result: '{"kind":"STARTED"}' });
  expect(leavesStepStarted(quoting)).toBe(false);
});
