import { readFileSync } from "node:fs";
import { executionIdOfCallback } from "perdure/engine";
import { expect, test } from "vitest";
import { viewOf } from "../../../console/views/model/execution-view.ts";
import { forkLog } from "./fork-log.ts";

const [, block = ""] = /```jsonl\n(.*?)```/s.exec(readFileSync("docs/log-format.md", "utf8")) ?? [];
const log = block.trim().split("\n");
const options = { name: "again", randomId: () => "0123456789abcdef0123456789abcdef" };

test("keeps what was recorded before an operation began, and nothing after it", () => {
  const { row, bodies } = forkLog(log, { ...options, before: "3" });
  expect(viewOf(bodies).tracks.map(({ id }) => id)).toEqual(["1", "2"]);
  expect(row).toMatchObject({ id: "order/again", status: "RUNNING" });
});

test("cuts a commit in two where the operation is not the first in it", () => {
  const { bodies } = forkLog(log, { ...options, before: "3-1" });
  expect(viewOf(bodies).tracks.map(({ id }) => id)).toEqual(["1", "2", "3"]);
});

test("leads callbacks to the new execution", () => {
  const { bodies } = forkLog(log, { ...options, before: "4" });
  const callback = viewOf(bodies).track("3-1")?.versions[0]?.operation;
  expect(callback?.type === "CALLBACK" && executionIdOfCallback(callback.callbackId)).toBe("order/again");
});

test("copies a whole log, its end too", () => {
  const { row, bodies } = forkLog(log, options);
  expect(bodies).toHaveLength(log.length);
  expect(row).toMatchObject({ status: "FAILED" });
});

test("refuses an operation that the log does not have", () => {
  expect(() => forkLog(log, { ...options, before: "9" })).toThrow("no operation 9");
});
