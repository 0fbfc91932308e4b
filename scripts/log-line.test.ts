import { expect, test } from "vitest";
import { formatLogLine } from "./log-line.ts";

const record = { timestamp: new Date(2026, 0, 2, 3, 4, 5).toISOString(), level: "INFO", message: "job created" };

test("shows what a workflow logs, with the operation's name", () => {
  expect(formatLogLine(JSON.stringify(record))).toBe("03:04:05 INFO  job created");
  expect(formatLogLine(JSON.stringify({ ...record, operationName: "create job" }))).toBe(
    "03:04:05 INFO  create job: job created",
  );
  expect(formatLogLine(JSON.stringify({ ...record, message: { id: 1 } }))).toBe('03:04:05 INFO  {"id":1}');
});

test("leaves out what is not a workflow's", () => {
  const others = ["", "[wrangler:info] Ready", "{", "{}", '{"timestamp":"soon","level":"INFO"}', "null"];
  expect(others.map(formatLogLine)).toEqual(others.map(() => undefined));
});

test("does not pass control characters on to the terminal", () => {
  const line = JSON.stringify({ ...record, message: "\u001b[2Jgone\r\n" });
  expect(formatLogLine(line)).toBe("03:04:05 INFO   [2Jgone  ");
});
