import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeForeignCommit } from "./foreign-commit.ts";

const golden = join(import.meta.dirname, "../../../test/golden");

const start = {
  kind: "EXECUTION_STARTED",
  name: "n",
  incarnation: "0123",
  functionName: "f",
  version: "1",
  retentionDays: 14,
};

function commit(fact: object, fields: object = {}): string {
  return JSON.stringify({ v: 2, writer: "w.1", at: 1, facts: [fact], ...fields });
}

test("takes every commit of the golden histories", () => {
  let commits = 0;
  for (const version of ["v1", "v2"]) {
    for (const file of readdirSync(join(golden, version), { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".jsonl")) continue;
      for (const line of readFileSync(join(golden, version, file), "utf8")
        .trim()
        .split("\n")) {
        const { body } = JSON.parse(line) as { body?: string };
        if (body === undefined) continue;
        expect(decodeForeignCommit(body)).toEqual(JSON.parse(body));
        commits++;
      }
    }
  }
  expect(commits).toBeGreaterThan(100);
});

describe("refuses, and says which field is wrong", () => {
  test.each<[string, string, string]>([
    ["a time beyond all dates", "at", commit(start, { at: 1e20 })],
    ["a time of a fact beyond all dates", "at", commit({ kind: "READY", id: "1", at: 1e20 })],
    ["half a millisecond", "at", commit(start, { at: 1.5 })],
    ["a field that commits do not have", "mood", commit(start, { mood: "good" })],
    ["a field that facts do not have", "mood", commit({ ...start, mood: "good" })],
    ["a retention of 0 days", "retentionDays", commit({ ...start, retentionDays: 0 })],
    ["a retention as text", "retentionDays", commit({ ...start, retentionDays: "14" })],
    ["a name of 65 characters", "name", commit({ ...start, name: "a".repeat(65) })],
    ["an input that is no text", "input", commit({ ...start, input: { a: 1 } })],
    ["a timeout of years", "executionTimeoutSeconds", commit({ ...start, executionTimeoutSeconds: 1e9 })],
    ["a parent that is text", "parent", commit({ ...start, parent: "f/a" })],
    ["a parent without an operation", "parent", commit({ ...start, parent: { executionId: "f/a" } })],
    ["an operation without an id", "id", commit({ kind: "READY" })],
    ["an empty id", "id", commit({ kind: "READY", id: "" })],
    ["a type that there is not", "type", commit({ kind: "STARTED", id: "1", type: "NAP" })],
    ["a negative wait", "waitSeconds", commit({ kind: "STARTED", id: "1", type: "WAIT", waitSeconds: -1, dueAt: 1 })],
    ["a due time that is text", "dueAt", commit({ kind: "RETRIED", id: "1", delaySeconds: 1, dueAt: "soon" })],
    ["a callback id of no execution", "callbackId", commit({ kind: "STARTED", id: "1", callbackId: "x" })],
    ["an error that is text", "error", commit({ kind: "FAILED", id: "1", error: "no" })],
    ["an error with more in it", "error", commit({ kind: "FAILED", id: "1", error: { errorType: "E", more: 1 } })],
    ["a stack that is text", "error", commit({ kind: "FAILED", id: "1", error: { stackTrace: "at x" } })],
    ["a negative place", "after", commit({ kind: "SUCCEEDED", id: "1", after: -1 })],
    ["a reason that there is not", "reason", commit({ kind: "HALTED", reason: "TIRED", error: {} })],
    ["a halt without an error", "error", commit({ kind: "HALTED", reason: "NON_DETERMINISM" })],
    ["an invocation that began never", "startedAt", commit({ kind: "INVOCATION_COMPLETED", requestId: "r" })],
  ])("%s", (_, field, body) => {
    expect(() => decodeForeignCommit(body)).toThrow(expect.objectContaining({ code: "CORRUPT_LOG" }));
    expect(() => decodeForeignCommit(body)).toThrow(`"${field}"`);
  });

  test("a fact of a kind that there is not, also one that every object has", () => {
    for (const kind of ["NAPPED", "constructor", "__proto__"]) {
      expect(() => decodeForeignCommit(commit({ kind, id: "1" }))).toThrow(/unknown kind/);
    }
  });
});
