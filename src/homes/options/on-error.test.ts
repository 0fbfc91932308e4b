import { expect, onTestFinished, test } from "vitest";
import { errorListener } from "./on-error.ts";

/** The lines that are written to the console in this test. */
function consoleLines(): string[] {
  const lines: string[] = [];
  const { error } = console;
  onTestFinished(() => void (console.error = error));
  console.error = (...parts: unknown[]) => void lines.push(parts.join(" "));
  return lines;
}

test("without a listener a failure is one line that names the execution and the error", () => {
  const lines = consoleLines();
  const tell = errorListener(undefined);
  tell("order/first", new RangeError("too far"));
  tell(undefined, Object.assign(new Error("no room"), { code: "STORAGE_FULL" }));
  expect(lines).toEqual([
    "perdure: execution order/first: RangeError: too far",
    "perdure: Error STORAGE_FULL: no room",
  ]);
});

test("the line holds no payload, is one line, and is not long", () => {
  const lines = consoleLines();
  const tell = errorListener(undefined);
  tell("f/1", Object.assign(new Error("a\nperdure: b\u001b[31m"), { payload: "s3cret", cause: new Error("s3cret") }));
  tell("f/2", "s3cret");
  tell("f/3", { message: "s3cret" });
  tell("f/4", new Error("x".repeat(10_000)));
  expect(lines.slice(0, 3)).toEqual([
    "perdure: execution f/1: Error: a perdure: b [31m",
    "perdure: execution f/2: a value of type string was thrown",
    "perdure: execution f/3: a value of type object was thrown",
  ]);
  expect(lines[3]?.length).toBeLessThan(600);
});

test("a listener is told, and nothing is written", () => {
  const lines = consoleLines();
  const told: unknown[] = [];
  errorListener((...parts) => told.push(parts))("f/1", "failure");
  expect(told).toEqual([["f/1", "failure"]]);
  expect(lines).toEqual([]);
});

test("what a listener throws does not reach the engine, and is written with what it was told", async () => {
  const lines = consoleLines();
  const failing = errorListener(() => {
    throw new Error("in the listener");
  });
  failing("f/1", new Error("in the store"));
  const later: () => unknown = async () => {
    throw new Error("later in the listener");
  };
  const rejecting = errorListener(later);
  rejecting("f/2", new Error("in the alarm"));
  await expect
    .poll(() => lines)
    .toEqual([
      "perdure: execution f/1: Error: in the store",
      "perdure: execution f/1: Error: in the listener",
      "perdure: execution f/2: Error: in the alarm",
      "perdure: execution f/2: Error: later in the listener",
    ]);
});
