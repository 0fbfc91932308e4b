import { DurableTestRunner } from "perdure/testing";
import { expect, test, vi } from "vitest";
import { approveExpense } from "./approve-expense.ts";

vi.stubEnv("AWS_LAMBDA_LOG_LEVEL", "ERROR");

const day = 86_400_000;

test("asks nobody about small change", async () => {
  const { result, operations } = await new DurableTestRunner(approveExpense).run({ payload: { amount: 50 } });
  expect(result).toEqual({ status: "approved", by: "rule" });
  expect(operations).toEqual([]);
});

test.for([
  { answer: "yes", status: "approved" },
  { answer: "no", status: "rejected" },
])("takes the manager's $answer", async ({ answer, status }) => {
  const runner = new DurableTestRunner(approveExpense);
  runner.onCallback("ask manager", (callback) => callback.succeed(answer));
  const { result } = await runner.run({ payload: { amount: 500 } });
  expect(result).toEqual({ status, by: "manager" });
});

test("goes to the director when the manager is silent", async () => {
  const runner = new DurableTestRunner(approveExpense);
  runner.onCallback("ask director", (callback) => callback.succeed("yes"));
  const startedAt = runner.clock.now();
  const { result } = await runner.run({ payload: { amount: 500 } });
  expect(result).toEqual({ status: "approved", by: "director" });
  expect(runner.clock.now() - startedAt).toBe(3 * day);
});

test("says no when nobody answers", async () => {
  const runner = new DurableTestRunner(approveExpense);
  const startedAt = runner.clock.now();
  const { result } = await runner.run({ payload: { amount: 500, answerWithin: { days: 1 } } });
  expect(result).toEqual({ status: "rejected", by: "rule" });
  expect(runner.clock.now() - startedAt).toBe(2 * day);
});
