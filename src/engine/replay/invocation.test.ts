import { expect, test } from "vitest";
import { SimulatedClock } from "../../testing/simulated-host.ts";
import type { Operation } from "../model/operation.ts";
import type { OperationUpdate } from "../model/update.ts";
import type { Serdes } from "../ports/serdes.ts";
import { CheckpointError, FencedError } from "./faults.ts";
import { Invocation } from "./invocation.ts";
import { callback } from "./operations/callback.ts";
import { step } from "./operations/step.ts";
import { wait } from "./operations/wait.ts";

const JSON_TEXT: Serdes<number> = {
  serialize: (value) => JSON.stringify(value),
  deserialize: (text) => (text === undefined ? undefined : (JSON.parse(text) as number)),
};

const AT = new SimulatedClock().now();

function invocation(
  clock: SimulatedClock,
  checkpoint: (updates: readonly OperationUpdate[]) => Promise<readonly Operation[]>,
  journal: readonly Operation[] = [],
): Invocation {
  return new Invocation({
    client: { checkpoint },
    host: clock.host(),
    journal,
    encodeId: (position) => position,
    arn: "arn",
    suspension: { mode: "end", graceMs: 20 },
    lingerMs: 0,
    polling: { deadline: () => clock.now() + 600_000 },
  });
}

test("a machine that cannot push is asked for a callback's outcome though a timer is far away", async () => {
  const clock = new SimulatedClock();
  const open: Operation = {
    id: "1",
    type: "CALLBACK",
    subType: "Callback",
    status: "STARTED",
    startedAt: AT,
    callbackId: "c",
    opened: 1,
    after: 0,
  };
  const timer: Operation = {
    id: "2",
    type: "WAIT",
    subType: "Wait",
    status: "STARTED",
    startedAt: AT,
    waitSeconds: 3600,
    dueAt: AT + 3_600_000,
    after: 1,
  };
  const running = invocation(
    clock,
    async (updates) =>
      updates.length > 0 ? [] : [{ ...open, status: "SUCCEEDED", result: "7", endedAt: clock.now(), delivery: 2 }],
    [open, timer],
  );
  const outcome = running.run(async (root) => {
    const opened = callback<number>(root, { subType: "Callback", serdes: JSON_TEXT });
    const late = wait(root, { subType: "Wait", seconds: 3600 });
    const long = step<number>(root, {
      subType: "Step",
      run: () => new Promise<number>(() => {}),
      serdes: JSON_TEXT,
      atMostOnce: false,
      retry: () => ({ retry: false }),
    });
    return Promise.race([(await opened.observe()).outcome.observe(), late.observe(), long.observe()]);
  });
  expect(await clock.run(outcome, { limitMs: 60_000 })).toEqual({ status: "SUCCEEDED", value: 7 });
});

test("the end waits for the record of a start, and runs what it allows", async () => {
  const clock = new SimulatedClock();
  const ran: number[] = [];
  const sent: OperationUpdate[] = [];
  const started: Operation = { id: "1", type: "STEP", subType: "Step", status: "STARTED", startedAt: AT, attempt: 0 };
  const running = invocation(clock, async (updates) => {
    sent.push(...updates);
    await new Promise<void>((resolve) => clock.host().timer(clock.now() + 10, resolve));
    return updates.some(({ action }) => action === "START") ? [started] : [];
  });
  const outcome = running.run(async (root) => {
    step<number>(root, {
      subType: "Step",
      run: (attempt) => ran.push(attempt),
      serdes: JSON_TEXT,
      atMostOnce: true,
      retry: () => ({ retry: false }),
    });
  });
  expect(await clock.run(outcome)).toMatchObject({ status: "SUCCEEDED" });
  expect(ran).toEqual([1]);
  expect(sent.map(({ action }) => action)).toEqual(["START", "SUCCEED"]);
});

test("a checkpoint that fails while the handler returns is not passed over", async () => {
  const clock = new SimulatedClock();
  let refuse: ((error: Error) => void) | undefined;
  const running = invocation(clock, () => new Promise((_, reject) => (refuse = reject)));
  const outcome = running.run(async (root) => {
    step<number>(root, {
      subType: "Step",
      run: () => 1,
      serdes: JSON_TEXT,
      atMostOnce: false,
      retry: () => ({ retry: false }),
    });
    await new Promise<void>((resolve) => clock.host().timer(AT + 10, resolve));
  });
  await clock.advance(10);
  refuse!(new CheckpointError("INVOCATION", new Error("no answer")));
  expect(await clock.run(outcome)).toMatchObject({ status: "FAULT" });
});

test("a checkpoint that is refused after the invocation was ended for another reason decides how it ended", async () => {
  const clock = new SimulatedClock();
  let refuse: ((error: Error) => void) | undefined;
  const running = invocation(clock, () => new Promise((_, reject) => (refuse = reject)));
  const outcome = running.run((root) => wait(root, { subType: "Wait", seconds: 1 }).observe());
  await clock.settle();
  running.end({ status: "FAILED", error: new Error("a context is used in another one") });
  refuse!(new FencedError());
  expect(await clock.run(outcome)).toEqual({ status: "FENCED" });
});
