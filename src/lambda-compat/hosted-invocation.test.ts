import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import type { Operation } from "../engine/model/operation.ts";
import type { RunningInvocation } from "../engine/runner/function.ts";
import { SimulatedClock } from "../testing/simulated-host.ts";
import { hostedFunction } from "./hosted-invocation.ts";
import { createProgram } from "./program.ts";
import type { DurableContext } from "./types.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

type Handler = (event: unknown, context: DurableContext) => Promise<unknown>;

/** Invokes a handler that parks. */
function invoke(
  handler: Handler,
  clock: SimulatedClock,
  journal: readonly Operation[],
  onParked: () => void = () => {},
): RunningInvocation {
  const now = clock.now();
  return hostedFunction(createProgram(handler as never, {})).invoke({
    header: {
      ...{ id: "f/x", name: "x", incarnation: "i", functionName: "f", version: "1", status: "RUNNING" },
      ...{ startedAt: now, retentionDays: 1 },
    },
    arn: "arn",
    requestId: "r",
    token: "t",
    journal,
    heard: 0,
    client: { checkpoint: () => [] },
    host: clock.host(),
    suspension: { mode: "park", onParked },
    lingerMs: 0,
    deadline: now + 1000,
  });
}

/** Parks an invocation whose journal nothing else holds. */
async function parkedWithJournal(): Promise<{ readonly running: RunningInvocation; journal: WeakRef<object> }> {
  const clock = new SimulatedClock();
  const now = clock.now();
  const journal: Operation[] = [
    {
      ...{ id: "1", type: "STEP", subType: "Step", status: "SUCCEEDED", startedAt: now, endedAt: now },
      ...{ attempt: 1, result: "1", delivery: 1, after: 0 },
    },
  ];
  let isParked = false;
  const handler: Handler = async (_event, context) => {
    await context.step(async () => 1);
    return context.wait({ hours: 1 });
  };
  const running = invoke(handler, clock, journal, () => void (isParked = true));
  await clock.runUntilIdle({ until: () => isParked });
  expect(isParked).toBe(true);
  return { running, journal: new WeakRef(journal) };
}

test("what changes before the handler is called reaches it", async () => {
  const clock = new SimulatedClock();
  const at = clock.now();
  const open = { id: "1", type: "WAIT", subType: "Wait", status: "STARTED", startedAt: at, waitSeconds: 1 } as const;
  const running = invoke((_event, context) => context.wait({ seconds: 1 }).then(() => "waited"), clock, [
    { ...open, dueAt: at, after: 0 },
  ]);
  expect(running.absorb([{ ...open, status: "SUCCEEDED", dueAt: at, after: 0, endedAt: at, delivery: 1 }])).toBe(true);
  expect(await clock.run(running.output, { limitMs: 1000 })).toEqual({ status: "SUCCEEDED", result: '"waited"' });
});

test("a handler whose invocation is abandoned before it is called is not called, and takes no news", async () => {
  const running = invoke(() => expect.unreachable(), new SimulatedClock(), []);
  running.abandon();
  expect(running.absorb([])).toBe(false);
  expect(await running.output).toEqual({ status: "FENCED" });
});

test("a parked invocation does not hold on to the journal that it began with", async () => {
  const { running, journal } = await parkedWithJournal();
  // A weak reference is kept until the task that has made or read it is over.
  await new Promise((resolve) => void setTimeout(resolve, 0));
  collectGarbage();
  expect(journal.deref()).toBeUndefined();
  running.abandon();
  expect(await running.output).toEqual({ status: "FENCED" });
});

test("a handler with a configuration that cannot be fails its execution and is not called", async () => {
  const clock = new SimulatedClock();
  const handler = async (): Promise<never> => expect.unreachable();
  const program = createProgram(handler as never, { pluginsConfig: { childOperationsDepth: -1 } });
  const { output } = hostedFunction(program).invoke({
    header: {} as never,
    host: clock.host(),
  } as never);
  expect(await output).toMatchObject({ status: "FAILED", error: { errorType: "Error" } });
});
