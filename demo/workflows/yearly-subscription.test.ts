import { DurableTestRunner } from "perdure/testing";
import { expect, test } from "vitest";
import { yearlySubscription } from "./yearly-subscription.ts";

test("sleeps through a year, three invocations long", async () => {
  const runner = new DurableTestRunner(yearlySubscription);
  const startedAt = runner.clock.now();
  const { result, history, invocations } = await runner.run({ payload: { customer: "Ada" } });
  expect(result).toMatchObject({ customer: "Ada" });
  expect(runner.clock.now() - startedAt).toBe(365 * 86_400_000);
  expect(invocations).toBe(3);
  const steps = history.filter(({ eventType }) => eventType === "StepSucceeded");
  expect(steps.map(({ name, at }) => [name, (at - startedAt) / 86_400_000])).toEqual([
    ["start", 0],
    ["remind", 30],
    ["renew", 365],
  ]);
});

test("sleeps on when the process does not last that long", async () => {
  const runner = new DurableTestRunner(yearlySubscription);
  const execution = await runner.start({ payload: { customer: "Ada" } });
  for (let month = 1; month <= 12; month++) {
    await runner.advance({ days: 30 });
    await runner.restart();
  }
  const { status, history } = await execution.finish();
  expect(status).toBe("SUCCEEDED");
  expect(history.filter(({ eventType }) => eventType === "StepSucceeded")).toHaveLength(3);
});
