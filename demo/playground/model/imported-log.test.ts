import { readFileSync } from "node:fs";
import { executionIdOfCallback } from "perdure/engine";
import { expect, test } from "vitest";
import { viewOf } from "../../../console/views/model/execution-view.ts";
import { importedLog } from "./imported-log.ts";

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
