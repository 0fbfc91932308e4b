import { describe, expect, test } from "vitest";
import type { Commit } from "../model/commit.ts";
import { decodeCommit, encodeCommit } from "./commit-codec.ts";
import { Recorder } from "./recorder.ts";

const commit: Commit = { v: 1, writer: "w.1", owner: "o", at: 5, facts: [{ kind: "READY", id: "1" }] };

function codeOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
}

test("a commit comes back as it was written", () => {
  expect(decodeCommit(encodeCommit(commit))).toStrictEqual(commit);
});

describe("refuses what it cannot read", () => {
  test("a newer format, by its own code and with its number", () => {
    const text = encodeCommit({ ...commit, v: 4 } as unknown as Commit);
    expect(codeOf(() => decodeCommit(text))).toBe("UNSUPPORTED_LOG_VERSION");
    expect(() => decodeCommit(text)).toThrow("format version 4");
  });

  test.each([
    ["text that is not JSON", "{"],
    ["no object", "7"],
    ["null", "null"],
    ["no writer", JSON.stringify({ ...commit, writer: undefined })],
    ["no time", JSON.stringify({ ...commit, at: "5" })],
    ["an owner that is no text", JSON.stringify({ ...commit, owner: 1 })],
    ["no facts", JSON.stringify({ ...commit, facts: {} })],
    ["a fact without a kind", JSON.stringify({ ...commit, facts: [{ id: "1" }] })],
    ["a fact that is no object", JSON.stringify({ ...commit, facts: ["READY"] })],
  ])("%s", (_what, text) => {
    expect(codeOf(() => decodeCommit(text))).toBe("CORRUPT_LOG");
  });
});

describe("P11 no payload changes a prototype", () => {
  const poison = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';

  test("payloads stay the text they are", () => {
    const recorder = Recorder.started({ input: poison });
    recorder.checkpoint({ id: "1", type: "STEP", action: "SUCCEED", payload: poison });
    expect(recorder.state.operations.get("1")?.result).toBe(poison);
    expect(recorder.state.header.input).toBe(poison);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("errors keep their four fields and nothing else", () => {
    const recorder = Recorder.started();
    const error = JSON.parse(
      `{"errorType":"Oops","errorMessage":"m","stackTrace":["a",7],"__proto__":{"polluted":true}}`,
    );
    recorder.checkpoint({ id: "1", type: "STEP", action: "FAIL", error });
    const stored = recorder.state.operations.get("1")?.error;
    expect(stored).toStrictEqual({ errorType: "Oops", errorMessage: "m", stackTrace: ["a"] });
    expect(Object.getPrototypeOf(stored)).toBe(Object.prototype);
  });

  test("a log that names __proto__ folds without touching any", () => {
    const recorder = Recorder.started();
    const facts = JSON.parse(`[{"kind":"SUCCEEDED","id":"__proto__","type":"STEP","__proto__":{"polluted":true}}]`);
    recorder.append(facts);
    expect(recorder.state.operations.get("__proto__")?.status).toBe("SUCCEEDED");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect("polluted" in recorder.state.operations.get("__proto__")!).toBe(false);
  });

  test("operations may be called like members of objects", () => {
    const recorder = Recorder.started();
    for (const id of ["__proto__", "constructor", "toString"]) {
      recorder.checkpoint({ id, type: "STEP", action: "SUCCEED", payload: id });
    }
    expect([...recorder.state.operations.keys()]).toEqual(["__proto__", "constructor", "toString"]);
  });
});
