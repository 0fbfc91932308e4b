import { expect, test } from "vitest";
import { type ExecutionFile, readExecutionFile } from "./execution-file.ts";

const start = JSON.stringify({
  ...{ v: 2, writer: "w.1", at: 1 },
  facts: [
    {
      ...{ kind: "EXECUTION_STARTED", name: "n", incarnation: "0", functionName: "f", version: "1" },
      retentionDays: 14,
    },
  ],
});
const fileOf = (...log: readonly string[]): ExecutionFile => ({ format: "perdure-execution", version: 1, log });

function nested(depth: number): string {
  const facts = Array.from({ length: depth }, (_, at) => ({
    ...{ kind: "STARTED", id: `c${at}`, type: "CONTEXT", subType: "RunInChildContext" },
    ...(at > 0 && { parentId: `c${at - 1}` }),
  }));
  return JSON.stringify({ v: 2, writer: "w.2", owner: "o", at: 1, facts });
}

test("an execution whose contexts nest as deep as they do here is taken, and no deeper one", () => {
  expect(readExecutionFile(fileOf(start, nested(512)), 1).row).toMatchObject({ id: "f/n" });
  expect(() => readExecutionFile(fileOf(start, nested(10_000)), 1)).toThrow(
    expect.objectContaining({ code: "LOG_LIMIT_EXCEEDED" }),
  );
});

test("a log beyond 128 Mi characters is refused before it is read", () => {
  const large = "x".repeat(134_217_728);
  expect(() => readExecutionFile(fileOf(start, large), 1)).toThrow(
    expect.objectContaining({ code: "LOG_LIMIT_EXCEEDED" }),
  );
});
