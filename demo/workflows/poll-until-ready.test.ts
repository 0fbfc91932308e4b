import { DurableTestRunner } from "perdure/testing";
import { expect, test } from "vitest";
import { pollUntilReady } from "./poll-until-ready.ts";

test("asks until it is ready", async () => {
  const { result, history } = await new DurableTestRunner(pollUntilReady).run({ payload: { readyAfter: 4 } });
  expect(result).toEqual({ status: "ready", looks: 4 });
  expect(history.filter(({ eventType }) => eventType === "StepSucceeded")).toHaveLength(4);
});

test("asks at growing intervals, ten minutes at most", async () => {
  const { history } = await new DurableTestRunner(pollUntilReady).run({ payload: { readyAfter: 8 } });
  const delays = history.flatMap(({ nextAttemptDelaySeconds }) => nextAttemptDelaySeconds ?? []);
  const most = [10, 20, 40, 80, 160, 320, 600];
  expect(delays).toHaveLength(most.length);
  expect(delays.every((delay, index) => delay >= 1 && delay <= (most[index] ?? 0))).toBe(true);
});

test("gives up in the end", async () => {
  const { result } = await new DurableTestRunner(pollUntilReady).run({ payload: { readyAfter: 9, looks: 3 } });
  expect(result).toEqual({ status: "gave up", reason: "waitForCondition exceeded maximum attempts (3)" });
});
