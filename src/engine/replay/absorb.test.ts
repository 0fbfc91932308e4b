import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SimulatedClock } from "../../testing/simulated-host.ts";
import type { Operation, StepOperation, WaitOperation } from "../model/operation.ts";
import { jsonSerdes, type Serdes } from "../ports/serdes.ts";
import { Invocation } from "./invocation.ts";
import { childContext } from "./operations/child-context.ts";
import { step } from "./operations/step.ts";
import { wait } from "./operations/wait.ts";
import type { Scope } from "./scope.ts";

const AT = new SimulatedClock().now();

/** An invocation that is told what changes by the test alone: the answers to its checkpoints are empty. */
function parked(journal: readonly Operation[], clock: SimulatedClock = new SimulatedClock()): Invocation {
  return new Invocation({
    client: { checkpoint: () => [] },
    host: clock.host(),
    journal,
    encodeId: (position) => position,
    arn: "arn",
    suspension: { mode: "park", onParked: () => {} },
    lingerMs: 0,
  });
}

function openWait(position: number): WaitOperation {
  const id = `${position}`;
  return { id, type: "WAIT", subType: "Wait", status: "STARTED", startedAt: AT, waitSeconds: 1, dueAt: AT, after: 0 };
}

function fired(position: number, delivery: number): WaitOperation {
  return { ...openWait(position), status: "SUCCEEDED", endedAt: AT, delivery };
}

function stepAt(status: "PENDING" | "READY" | "STARTED", attempt: number): StepOperation {
  return { id: "1", type: "STEP", subType: "Step", status, startedAt: AT, attempt, after: 0 };
}

/** Waits at as many positions, and notes which of them end. */
function waits(count: number, ended: number[]): (root: Scope) => Promise<unknown> {
  return (root) => {
    const all = Array.from({ length: count }, (_, index) =>
      wait(root, { subType: "Wait", seconds: 1 })
        .observe()
        .then(() => ended.push(index + 1)),
    );
    return Promise.all(all);
  };
}

function positions(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

describe("changes that an invocation absorbs", () => {
  test("are delivered in the order of their numbers, once each, however they arrive", async () => {
    const arrivals = fc.integer({ min: 1, max: 12 }).chain((count) => {
      const order = fc.shuffledSubarray(positions(count), { minLength: count });
      const repeats = fc.array(fc.integer({ min: 1, max: count }));
      return fc.record({ count: fc.constant(count), order, repeats, size: fc.integer({ min: 1, max: count }) });
    });
    await fc.assert(
      fc.asyncProperty(arrivals, async ({ count, order, repeats, size }) => {
        const clock = new SimulatedClock();
        const ended: number[] = [];
        const running = parked(positions(count).map(openWait), clock);
        const outcome = running.run(waits(count, ended));
        await clock.settle();
        const news = [...order, ...repeats].map((position) => fired(position, position));
        for (let start = 0; start < news.length; start += size) running.absorb(news.slice(start, start + size));
        await clock.run(outcome);
        expect(ended).toEqual(positions(count));
      }),
      { numRuns: 50 },
    );
  });

  test("are delivered though a later one has been already", async () => {
    const clock = new SimulatedClock();
    const ended: number[] = [];
    const running = parked([1, 2, 3].map(openWait), clock);
    const outcome = running.run(waits(3, ended));
    running.absorb([fired(3, 3)]);
    await clock.settle();
    running.absorb([fired(1, 2)]);
    running.absorb([fired(2, 1)]);
    expect(await clock.run(outcome)).toMatchObject({ status: "SUCCEEDED" });
    expect(ended).toEqual([3, 2, 1]);
  });

  test("hold up nothing when they are told again after their delivery", async () => {
    const clock = new SimulatedClock();
    const ended: number[] = [];
    const running = parked([1, 2].map(openWait), clock);
    const outcome = running.run(waits(2, ended));
    running.absorb([fired(1, 1)]);
    await clock.settle();
    running.absorb([fired(1, 1), openWait(1), fired(1, 1)]);
    running.absorb([]);
    await clock.settle();
    running.absorb([fired(2, 2)]);
    expect(await clock.run(outcome, { limitMs: 1000 })).toMatchObject({ status: "SUCCEEDED" });
    expect(ended).toEqual([1, 2]);
  });

  test("are taken of what lies in contexts that are told after it, however deep", async () => {
    const clock = new SimulatedClock();
    const running = parked([], clock);
    const within = <T>(scope: Scope, run: (child: Scope) => Promise<T>): Promise<T> =>
      childContext<T>(scope, { subType: "RunInChildContext", run, serdes: jsonSerdes as Serdes<T> }).observe();
    const outcome = running.run((root) =>
      within(root, (outer) =>
        within(outer, (inner) =>
          wait(inner, { subType: "Wait", seconds: 1 })
            .observe()
            .then(() => "done"),
        ),
      ),
    );
    await clock.settle();
    const context = (id: string): Operation => ({ ...openWait(1), id, type: "CONTEXT", subType: "RunInChildContext" });
    running.absorb([
      { ...fired(1, 1), id: "1-1-1", parentId: "1-1" },
      { ...context("1-1"), parentId: "1" },
      context("1"),
    ]);
    expect(await clock.run(outcome, { limitMs: 1000 })).toEqual({ status: "SUCCEEDED", value: "done" });
  });

  test("are refused once the invocation is over", async () => {
    const clock = new SimulatedClock();
    const running = parked([openWait(1)], clock);
    const outcome = running.run(waits(1, []));
    expect(running.absorb([fired(1, 1)])).toBe(true);
    await clock.run(outcome);
    expect(running.absorb([fired(1, 1)])).toBe(false);
  });

  test("do not concern it when they lie in a context that had its outcome before", async () => {
    const clock = new SimulatedClock();
    const sealed: Operation = {
      id: "1",
      type: "CONTEXT",
      subType: "RunInChildContext",
      status: "SUCCEEDED",
      startedAt: AT,
      after: 0,
      delivery: 1,
    };
    const inside: Operation = { ...openWait(1), id: "1-1", parentId: "1" };
    const running = parked([sealed, inside, openWait(2)], clock);
    const outcome = running.run((root) => {
      root.nextPosition();
      return wait(root, { subType: "Wait", seconds: 1 }).observe();
    });
    // What lies in the context is taken by nobody; what comes behind it is.
    running.delivery.register("1", {
      awaitsOutside: true,
      scope: running.root,
      prepare: () => ({ handOver: () => {} }),
    });
    running.absorb([{ ...inside, status: "SUCCEEDED", endedAt: AT, delivery: 2 }]);
    running.absorb([fired(2, 3)]);
    expect(await clock.run(outcome, { limitMs: 1000 })).toMatchObject({ status: "SUCCEEDED" });
  });
});

test("an invocation that has heard of something does not suspend before it has taken a turn", async () => {
  const clock = new SimulatedClock();
  const host = clock.host();
  const graceMs = 20;
  let drainMs = 0;
  const running = new Invocation({
    client: { checkpoint: () => [] },
    // User code drains late, as it does in a process that stands still for a moment.
    host: {
      now: () => host.now(),
      timer: (at, fire) => host.timer(at, fire),
      ambient: host.ambient,
      drain: (next) => void (drainMs === 0 ? host.drain(next) : host.timer(host.now() + drainMs, next)),
    },
    journal: [openWait(1)],
    encodeId: (position) => position,
    arn: "arn",
    suspension: { mode: "end", graceMs },
    lingerMs: 0,
  });
  const ended: number[] = [];
  const outcome = running.run(waits(1, ended));
  await clock.advance(graceMs / 2);
  drainMs = 2 * graceMs;
  expect(running.absorb([fired(1, 1)])).toBe(true);
  expect(await clock.run(outcome)).toMatchObject({ status: "SUCCEEDED" });
  expect(ended).toEqual([1]);
});

describe("the attempts of a step", () => {
  /** What a step does that fails again and again, as it is told of its progress. */
  async function attemptsOf(
    journal: readonly StepOperation[],
    news: readonly (readonly StepOperation[])[],
    atMostOnce = false,
    meanwhile: (running: Invocation) => void = () => {},
  ): Promise<number[]> {
    const clock = new SimulatedClock();
    const attempts: number[] = [];
    const running = parked(journal, clock);
    void running.run((scope): Promise<unknown> => {
      const failing = step<number>(scope, {
        subType: "Step",
        run: (attempt) => {
          attempts.push(attempt);
          throw new Error("again");
        },
        serdes: jsonSerdes as Serdes<number>,
        atMostOnce,
        retry: () => ({ retry: true, delaySeconds: 1 }),
      });
      return failing.observe();
    });
    await clock.settle();
    for (const changes of news) {
      running.absorb(changes);
      meanwhile(running);
      await clock.settle();
    }
    return attempts;
  }

  test("begin once each, however often the step is told that their time has come", async () => {
    const ready = stepAt("READY", 1);
    const again = { ...ready };
    expect(
      await attemptsOf([], [[stepAt("PENDING", 1)], [ready, again], [again, stepAt("STARTED", 1), again]]),
    ).toEqual([1, 2]);
  });

  test("do not begin because an earlier one had to wait", async () => {
    const journal = [stepAt("PENDING", 2)];
    const late = [stepAt("READY", 1)];
    expect(await attemptsOf(journal, [late, [stepAt("READY", 2)], late, [stepAt("PENDING", 3)], late])).toEqual([3]);
  });

  test("that must not run twice begin with the record of their start and with nothing else", async () => {
    const ready = stepAt("READY", 1);
    const journal = [ready];
    expect(await attemptsOf(journal, [[{ ...ready }], [{ ...ready }]], true)).toEqual([]);
    const started = stepAt("STARTED", 1);
    expect(await attemptsOf(journal, [[{ ...ready }], [started], [{ ...started }, { ...ready }]], true)).toEqual([2]);
    expect(await attemptsOf(journal, [[started, { ...started }]], true)).toEqual([2]);
  });

  test("do not begin when another process has taken the execution over before their function is called", async () => {
    const news = [[stepAt("STARTED", 1)]];
    const journal = [stepAt("READY", 1)];
    expect(await attemptsOf(journal, news, true, (running) => running.end({ status: "FENCED" }))).toEqual([]);
  });
});
