import { expect, test } from "vitest";
import { SimulatedClock } from "../../testing/simulated-host.ts";
import type { Operation } from "../model/operation.ts";
import { jsonSerdes, type Serdes } from "../ports/serdes.ts";
import { Invocation } from "./invocation.ts";
import { childContext } from "./operations/child-context.ts";
import { step } from "./operations/step.ts";
import { wait } from "./operations/wait.ts";

const AT = new SimulatedClock().now();
const json = jsonSerdes as Serdes<number>;

/** Runs a child context with one step, and answers whether the code behind it counted as a replay. */
async function replaysBehind(journal: readonly Operation[]): Promise<unknown> {
  const clock = new SimulatedClock();
  const running: Invocation = new Invocation({
    client: { checkpoint: () => [] },
    host: clock.host(),
    journal,
    encodeId: (position) => position,
    arn: "arn",
    suspension: { mode: "end", graceMs: 0 },
    lingerMs: 0,
  });
  const outcome = await clock.run(
    running.run(async (root) => {
      const inside = {
        subType: "Step",
        run: () => 1,
        serdes: json,
        atMostOnce: false,
        retry: () => ({ retry: false as const }),
      } as const;
      const child = childContext<number>(root, {
        subType: "RunInChildContext",
        run: (scope) => step<number>(scope, inside).observe(),
        serdes: json,
      });
      await child.observe();
      return running.isReplaying;
    }),
  );
  return outcome.status === "SUCCEEDED" ? outcome.value : outcome;
}

const open: Operation = {
  id: "1",
  type: "CONTEXT",
  subType: "RunInChildContext",
  status: "STARTED",
  startedAt: AT,
  after: 0,
};
const inside: Operation = {
  id: "1-1",
  parentId: "1",
  type: "STEP",
  subType: "Step",
  status: "SUCCEEDED",
  startedAt: AT,
  endedAt: AT,
  attempt: 1,
  result: "1",
  delivery: 1,
  after: 0,
};

test("the code behind a context whose end is not recorded is no replay, though all in it answers from the log", async () => {
  expect(await replaysBehind([open, inside])).toBe(false);
});

test("the code behind a context whose end is recorded is one as long as something behind it is recorded", async () => {
  const ended: Operation = { ...open, status: "SUCCEEDED", endedAt: AT, result: "1", delivery: 2, endedAfter: 1 };
  const later: Operation = {
    id: "2",
    type: "STEP",
    subType: "Step",
    status: "STARTED",
    startedAt: AT,
    attempt: 0,
    after: 2,
  };
  expect(await replaysBehind([ended, later])).toBe(true);
});

test("a wait that a closed context has left open does not keep later contexts from handing their values over ahead", async () => {
  const clock = new SimulatedClock();
  const running: Invocation = new Invocation({
    client: { checkpoint: () => [] },
    host: clock.host(),
    journal: [],
    encodeId: (position) => position,
    arn: "arn",
    suspension: { mode: "end", graceMs: 0 },
    lingerMs: 0,
    overtakingMs: 50,
  });
  const outcome = await clock.run(
    running.run(async (root) => {
      const ahead: boolean[] = [];
      const child = childContext<number>(root, {
        subType: "RunInChildContext",
        run: async (scope) => {
          void wait(scope, { subType: "Wait", seconds: 60 }).observe();
          ahead.push(running.handsOverAhead);
          return 1;
        },
        serdes: json,
        isVirtual: true,
      });
      await child.observe();
      ahead.push(running.handsOverAhead);
      return ahead;
    }),
  );
  expect(outcome).toMatchObject({ status: "SUCCEEDED", value: [false, true] });
});
