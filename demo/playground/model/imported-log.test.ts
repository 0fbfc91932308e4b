import { readFileSync } from "node:fs";
import { executionIdOfCallback } from "perdure/engine";
import { describe, expect, test, vi } from "vitest";
import { viewOf } from "../../../console/views/model/execution-view.ts";
import { importedLog, MOST_BYTES, readLogFile } from "./imported-log.ts";

const [, block = ""] = /```jsonl\n(.*?)```/s.exec(readFileSync("docs/log-format.md", "utf8")) ?? [];
const log = block.trim().split("\n");
const options = { name: "again", randomId: () => "0123456789abcdef0123456789abcdef" };

test("leads callbacks to the new execution", () => {
  const { bodies } = importedLog(log, options);
  const callback = viewOf(bodies).track("3-1")?.versions[0]?.operation;
  expect(callback?.type === "CALLBACK" && executionIdOfCallback(callback.callbackId)).toBe("order/again");
});

test("takes a whole log, its end too", () => {
  const { row, bodies } = importedLog(log, options);
  expect(bodies).toHaveLength(log.length);
  expect(row).toMatchObject({ status: "FAILED" });
});

test("refuses what is no log", () => {
  expect(() => importedLog(log.slice(1), options)).toThrow("does not begin with an execution");
});

describe("refuses a log with anything that no execution has, before it is kept", () => {
  const start = {
    ...{ kind: "EXECUTION_STARTED", name: "n", incarnation: "0123", functionName: "f", version: "1" },
    ...{ retentionDays: 14 },
  };
  const begun = (change: object, at = 1): string =>
    JSON.stringify({ v: 2, writer: "w.1", at, facts: [{ ...start, ...change }] });
  test.each<[string, string, readonly string[]]>([
    ["a time beyond all dates", "at", [begun({}, 1e20)]],
    ["a retention as text", "retentionDays", [begun({ retentionDays: "x" })]],
    ["a function's name that is no text", "functionName", [begun({ functionName: {} })]],
    ["an input that is no text", "input", [begun({ input: { a: 1 } })]],
    ["a version that is a number", "version", [begun({ version: 7 })]],
    ["a timeout beyond all times", "executionTimeoutSeconds", [begun({ executionTimeoutSeconds: 1e30 })]],
    [
      "a later commit with a wrong time",
      "dueAt",
      [
        begun({}),
        JSON.stringify({
          ...{ v: 2, writer: "w.2", owner: "o", at: 2 },
          facts: [{ kind: "STARTED", id: "1", type: "WAIT", subType: "Wait", waitSeconds: 1, dueAt: 1e20 }],
        }),
      ],
    ],
  ])("%s", (_, field, bodies) => {
    expect(() => importedLog(bodies, options)).toThrow(`"${field}"`);
  });
});

test("takes a log whose callback ids are redacted: they get ids of their own", () => {
  const redacted = log.map((body) =>
    body.replace(/"callbackId":"(.{8})[^"]+"/, '"callbackId":"$1-redacted-0123456789abcdef"'),
  );
  expect(redacted).not.toEqual(log);
  const callback = viewOf(importedLog(redacted, options).bodies).track("3-1")?.versions[0]?.operation;
  expect(callback?.type === "CALLBACK" && executionIdOfCallback(callback.callbackId)).toBe("order/again");
});

describe("a file", () => {
  const file = (content: string) => new Blob([content]);

  test("holds the log as it was written", async () => {
    expect(await readLogFile(file(JSON.stringify({ format: "perdure-execution", version: 1, log })))).toEqual(log);
  });

  test.each(["null", "7", "{}", '{"log":[7]}', '{"log":"x"}'])("that holds no log is refused: %s", async (content) => {
    await expect(readLogFile(file(content))).rejects.toThrow("This file holds no log of an execution.");
  });

  test("that is too large is not read", async () => {
    const text = vi.fn(async () => "{}");
    await expect(readLogFile({ size: MOST_BYTES + 1, text })).rejects.toThrow("too large");
    expect(text).not.toHaveBeenCalled();
    await expect(readLogFile({ size: MOST_BYTES, text })).rejects.toThrow("holds no log");
  });
});
