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

const copies = (fact: unknown): object => ({ commits: [{ at: 1, facts: [fact] }] });
const copying = (fact: unknown): string => commit({ kind: "COPIED", ...copies(fact) });
const callback = { kind: "STARTED", id: "1", type: "CALLBACK", callbackId: "x" };
const forked = { kind: "FORKED", executionId: "f/a", incarnation: "0", version: "1" };
const rewound = { kind: "REWOUND", cursor: 1, commits: [] };

function forkOf(change: object): string {
  const forkedFrom = { executionId: "f/a", incarnation: "0", version: "1", cursor: 1, ...change };
  return commit({ ...start, forkedFrom });
}

test("takes every commit of the golden histories", () => {
  let commits = 0;
  const kinds = new Set<string>();
  for (const version of ["v1", "v2", "v3"]) {
    for (const file of readdirSync(join(golden, version), { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".jsonl")) continue;
      for (const line of readFileSync(join(golden, version, file), "utf8")
        .trim()
        .split("\n")) {
        const { body } = JSON.parse(line) as { body?: string };
        if (body === undefined) continue;
        const commit = decodeForeignCommit(body);
        expect(commit).toEqual(JSON.parse(body));
        for (const { kind } of commit.facts) kinds.add(kind);
        commits++;
      }
    }
  }
  expect(commits).toBeGreaterThan(100);
  expect([...kinds]).toEqual(expect.arrayContaining(["COPIED", "FORKED", "REWOUND", "HALTED", "PURGED"]));
});

describe("refuses, and says which field is wrong", () => {
  test.each<[string, string, string]>([
    ["a time beyond all dates", "at", commit(start, { at: 1e20 })],
    ["a time of a fact beyond all dates", "at", commit({ kind: "READY", id: "1", at: 1e20 })],
    ["a time from which no deadline can be counted", "at", commit(start, { at: 253_402_300_800_000 })],
    ["half a millisecond", "at", commit(start, { at: 1.5 })],
    ["a field that commits do not have", "mood", commit(start, { mood: "good" })],
    ["a field that facts do not have", "mood", commit({ ...start, mood: "good" })],
    ["a retention of 0 days", "retentionDays", commit({ ...start, retentionDays: 0 })],
    ["a retention as text", "retentionDays", commit({ ...start, retentionDays: "14" })],
    ["a name of 65 characters", "name", commit({ ...start, name: "a".repeat(65) })],
    ["a name of two", "name", commit({ ...start, name: "a/b" })],
    ["a function's name of two", "functionName", commit({ ...start, functionName: "f/g" })],
    ["a function's name of markup", "functionName", commit({ ...start, functionName: "<b>" })],
    ["a version that is none", "version", commit({ ...start, version: "1 2" })],
    ["a parent of no name", "parent", commit({ ...start, parent: { executionId: "f", operationId: "1" } })],
    ["a parent of three names", "parent", commit({ ...start, parent: { executionId: "f/a/b", operationId: "1" } })],
    ["a fork of an execution of three names", "forkedFrom", forkOf({ executionId: "f/a/b" })],
    ["a note of a fork of no name", "executionId", commit({ ...forked, executionId: "f/" })],
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
    ["a pause without an error", "error", commit({ kind: "HALTED", reason: "PAUSED" })],
    ["a pause with a reason of one's own", "reason", commit({ kind: "HALTED", reason: "paused", error: {} })],
    ["a pause with an error that is text", "error", commit({ kind: "HALTED", reason: "PAUSED", error: "rest" })],
    ["a resumption in a version that is a number", "version", commit({ kind: "RESUMED", version: 7 })],
    ["a resumption in a version of 129 characters", "version", commit({ kind: "RESUMED", version: "1".repeat(129) })],
    ["a fork of text", "forkedFrom", commit({ ...start, forkedFrom: "f/a" })],
    ["a fork of no incarnation", "forkedFrom", forkOf({ incarnation: undefined })],
    ["a fork after a negative commit", "forkedFrom", forkOf({ cursor: -1 })],
    ["a fork after half a commit", "forkedFrom", forkOf({ cursor: 1.5 })],
    ["a fork after a commit as text", "forkedFrom", forkOf({ cursor: "1" })],
    ["a fork before an empty operation", "forkedFrom", forkOf({ operationId: "" })],
    ["a fork of the latest as text", "forkedFrom", forkOf({ isLatest: "yes" })],
    ["a fork with more in it", "forkedFrom", forkOf({ mood: "good" })],
    ["copies that are one", "commits", commit({ kind: "COPIED", commits: { at: 1, facts: [] } })],
    ["a copy without a time", "commits", commit({ kind: "COPIED", commits: [{ facts: [] }] })],
    ["a copy beyond all dates", "commits", commit({ kind: "COPIED", commits: [{ at: 1e20, facts: [] }] })],
    ["a copy with a writer", "commits", commit({ kind: "COPIED", commits: [{ at: 1, facts: [], writer: "w" }] })],
    ["a copy of what is about the execution", "commits", copying({ kind: "EXECUTION_SUCCEEDED" })],
    ["a copy of nothing", "commits", copying(null)],
    ["a copied fact with a wrong time", "dueAt", copying({ kind: "RETRIED", id: "1", delaySeconds: 1, dueAt: 1e20 })],
    ["a copied fact with a result that is no text", "result", copying({ kind: "SUCCEEDED", id: "1", result: 7 })],
    ["a copied callback of no execution", "callbackId", copying({ kind: "STARTED", id: "1", callbackId: "x" })],
    ["a note of a fork without its id", "executionId", commit({ kind: "FORKED", incarnation: "0", version: "1" })],
    ["a note of a fork with an empty version", "version", commit({ ...forked, version: "" })],
    ["a note of a fork whose incarnation is a number", "incarnation", commit({ ...forked, incarnation: 7 })],
    ["a rewind to a negative commit", "cursor", commit({ ...rewound, cursor: -1 })],
    ["a rewind to no commit", "cursor", commit({ ...rewound, cursor: undefined })],
    ["a rewind to a commit beyond all numbers", "cursor", commit({ ...rewound, cursor: 1e30 })],
    ["a rewind to an operation that is a number", "operationId", commit({ ...rewound, operationId: 1 })],
    ["a rewind without commits", "commits", commit({ ...rewound, commits: undefined })],
    ["a rewind to tags that are a list", "tags", commit({ ...rewound, tags: ["a"] })],
    ["a rewind to a callback of no execution", "callbackId", commit({ ...rewound, ...copies(callback) })],
    ["an invoke after a negative rewind", "rewinds", commit({ kind: "STARTED", id: "1", rewinds: -1 })],
    ["tags that are text", "tags", commit({ ...start, tags: "a" })],
    ["a tag that is a number", "tags", commit({ ...start, tags: { a: 7 } })],
    ["a tag of 257 characters", "tags", commit({ ...start, tags: { a: "x".repeat(257) } })],
    [
      "11 tags",
      "tags",
      commit({ ...start, tags: Object.fromEntries(Array.from({ length: 11 }, (_, at) => [at, ""])) }),
    ],
    ["a start at a time as text", "startAt", commit({ ...start, startAt: "soon" })],
    ["a start beyond all dates", "startAt", commit({ ...start, startAt: 1e20 })],
    ["a removal with a field", "at", commit({ kind: "PURGED", at: 1 })],
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

test("takes any id of a callback where that is only looked at, up to its length", () => {
  for (const body of [commit(callback), copying(callback), commit({ ...rewound, ...copies(callback) })]) {
    expect(decodeForeignCommit(body, { anyCallbackId: true })).toEqual(JSON.parse(body));
  }
  for (const callbackId of ["", 7, "x".repeat(1_051)]) {
    const body = commit({ ...callback, callbackId });
    expect(() => decodeForeignCommit(body, { anyCallbackId: true })).toThrow('"callbackId"');
  }
});
