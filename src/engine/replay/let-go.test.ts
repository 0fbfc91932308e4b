import { describe, expect, test } from "vitest";
import { SimulatedClock } from "../../testing/simulated-host.ts";
import { Recorder } from "../machine/recorder.ts";
import type { Operation } from "../model/operation.ts";
import type { OperationUpdate } from "../model/update.ts";
import { jsonSerdes, type Serdes } from "../ports/serdes.ts";
import type { InvocationOutcome } from "./core.ts";
import type { Instrument } from "./instrument.ts";
import { Invocation } from "./invocation.ts";
import { childContext } from "./operations/child-context.ts";
import { step, type StepOptions } from "./operations/step.ts";
import { wait } from "./operations/wait.ts";
import type { Scope } from "./scope.ts";

const json: Serdes = jsonSerdes;
const LONG_SECONDS = 3600;

interface StageOptions {
  readonly lingerMs?: number;
  readonly instrument?: Instrument;
  /** What an answer says of what has changed; all of it, in the order of the log, by default. */
  readonly answer?: (changed: readonly Operation[]) => readonly Operation[];
}

/** An invocation over a machine in the same process, which parks in a long wait once its handler is done. */
class Stage {
  readonly clock: SimulatedClock = new SimulatedClock();
  readonly recorder: Recorder = Recorder.started();
  readonly invocation: Invocation;
  /** What the machine has changed, as it was after each change. */
  readonly changes: Operation[] = [];
  isParked = false;

  constructor({ lingerMs = 0, instrument, answer = (changed) => changed }: StageOptions = {}) {
    this.invocation = new Invocation({
      client: { checkpoint: (updates) => answer(this.#record(updates)) },
      host: this.clock.host(),
      journal: [],
      encodeId: (position) => position,
      arn: "arn",
      suspension: { mode: "park", onParked: () => (this.isParked = true) },
      lingerMs,
      ...(instrument && { instrument }),
    });
  }

  /** Runs the handler, then waits; resolves once the invocation is parked. The end of the long wait ends it. */
  async park(handler: (root: Scope) => Promise<unknown>): Promise<{ readonly ended: Promise<InvocationOutcome> }> {
    const ended = this.invocation.run(async (root) => {
      await handler(root);
      await wait(root, { subType: "Wait", seconds: LONG_SECONDS, name: "long" }).observe();
    });
    await this.clock.advance(1000);
    if (!this.isParked) throw new Error("the invocation is not parked");
    return { ended };
  }

  /** Fires what is due after the long wait, and answers how the invocation ends within a second. */
  async wake(ended: Promise<InvocationOutcome>): Promise<InvocationOutcome> {
    await this.clock.advance(LONG_SECONDS * 1000);
    this.recorder.now = this.clock.now();
    this.invocation.absorb(this.recorder.apply({ type: "FIRE_TIMERS" }));
    return this.clock.run(ended, { limitMs: 1000 });
  }

  #record(updates: readonly OperationUpdate[]): readonly Operation[] {
    this.recorder.now = this.clock.now();
    const changed = this.recorder.checkpoint(...updates);
    for (const operation of changed) this.changes.push(operation);
    return changed;
  }
}

function one(scope: Scope, timeoutMs?: number): Promise<unknown> {
  return step<unknown>(scope, {
    subType: "Step",
    timeoutMs,
    run: () => 1,
    serdes: json,
    atMostOnce: false,
    retry: () => ({ retry: false }),
  }).observe();
}

function child(scope: Scope, run: (inner: Scope) => Promise<unknown>, isVirtual = false): Promise<unknown> {
  return childContext<unknown>(scope, { subType: "RunInChildContext", run, serdes: json, isVirtual }).observe();
}

function times(count: number, body: () => Promise<unknown>): Promise<unknown> {
  return Promise.all(Array.from({ length: count }, body));
}

async function inTurn(count: number, body: () => Promise<unknown>): Promise<void> {
  for (let turn = 0; turn < count; turn++) await body();
}

/** A step, and a wait that nobody waits for. */
async function withRest(scope: Scope): Promise<void> {
  void wait(scope, { subType: "Wait", seconds: 1800 }).observe();
  await one(scope);
}

describe("a parked invocation keeps in memory", () => {
  test("of a loop of child contexts the contexts, and nothing that lies in them", async () => {
    const stage = new Stage();
    await stage.park((root) => inTurn(500, () => child(root, (inner) => inTurn(3, () => one(inner)))));
    expect(stage.recorder.state.forgotten.size).toBe(1500);
    expect(stage.invocation.journalSize).toBe(501);
    expect(stage.invocation.delivery.takers.size).toBe(1);
  });

  test("nothing of attempts with a time limit that have ended", async () => {
    const stage = new Stage();
    await stage.park((root) => inTurn(100, () => one(root, 60_000)));
    expect(stage.invocation.root.listenerCount).toBe(0);
  });

  test("of contexts in a context that has ended nothing but that context", async () => {
    const stage = new Stage();
    await stage.park((root) =>
      child(root, (outer) => times(100, () => child(outer, (inner) => child(inner, (innermost) => one(innermost))))),
    );
    expect(stage.invocation.journalSize).toBe(2);
    expect(stage.invocation.delivery.takers.size).toBe(1);
  });

  test("nothing of what lies in virtual contexts of a context that has ended", async () => {
    const stage = new Stage();
    await stage.park((root) => child(root, (outer) => times(100, () => child(outer, one, true))));
    expect(stage.invocation.journalSize).toBe(2);
    expect(stage.invocation.delivery.takers.size).toBe(1);
  });

  test("what lies in a virtual context, which belongs to the context around it", async () => {
    const stage = new Stage();
    const { ended } = await stage.park((root) => times(10, () => child(root, one, true)));
    expect(stage.invocation.journalSize).toBe(11);
    expect(await stage.wake(ended)).toMatchObject({ status: "SUCCEEDED" });
  });

  test("what was left open in a context that has ended as little as the rest of it", async () => {
    const stage = new Stage();
    await stage.park((root) => inTurn(100, () => child(root, withRest)));
    expect(stage.invocation.journalSize).toBe(101);
    expect(stage.invocation.delivery.takers.size).toBe(1);
  });

  test("all that lies in a context that is still open", async () => {
    const stage = new Stage();
    const { ended } = await stage.park(async (root) => {
      void child(root, async (open) => {
        await child(open, one);
        await inTurn(5, () => one(open));
        await wait(open, { subType: "Wait", seconds: LONG_SECONDS }).observe();
      });
    });
    // Both waits, the open context, its steps and the context in it.
    expect(stage.invocation.journalSize).toBe(9);
    expect(await stage.wake(ended)).toMatchObject({ status: "SUCCEEDED" });
  });

  test("what lies in a context whose value replay rebuilds", async () => {
    const stage = new Stage();
    await stage.park((root) =>
      child(root, async (large) => {
        await one(large);
        return "x".repeat(300 * 1024);
      }),
    );
    expect(stage.invocation.journalSize).toBe(3);
  });
});

describe("what lies in a context that was let go of", () => {
  /** Lets go of a context in a context, then tells all that the machine has ever said, and what it would never say. */
  async function toldAgain(news: (changes: readonly Operation[]) => readonly Operation[]): Promise<InvocationOutcome> {
    const announced: string[] = [];
    const stage = new Stage({
      instrument: {
        started: () => {},
        found: () => {},
        changed: (operations) => operations.forEach(({ id }) => announced.push(id)),
        attempt: (_running, body) => body(),
        child: (_running, body) => body(),
      },
    });
    const { ended } = await stage.park((root) =>
      child(root, async (outer) => {
        await withRest(outer);
        await child(outer, withRest);
      }),
    );
    expect(stage.invocation.journalSize).toBe(2);
    announced.length = 0;
    stage.isParked = false;
    stage.invocation.absorb(news(stage.changes));
    await stage.clock.settle();
    expect(announced).toEqual([]);
    expect(stage.invocation.journalSize).toBe(2);
    expect(stage.invocation.delivery.takers.size).toBe(1);
    expect(stage.isParked).toBe(true);
    return stage.wake(ended);
  }

  test("is no news when it is told again, in any order", async () => {
    expect(await toldAgain((changes) => changes)).toMatchObject({ status: "SUCCEEDED" });
    expect(await toldAgain((changes) => changes.toReversed())).toMatchObject({ status: "SUCCEEDED" });
  });

  test("is no news when it ends after all", async () => {
    const ends = (changes: readonly Operation[]): readonly Operation[] =>
      changes
        .filter(({ type }) => type === "WAIT")
        .filter(({ name }) => name === undefined)
        .map((open, index) => ({ ...open, status: "SUCCEEDED", endedAt: open.startedAt, delivery: 100 + index }));
    expect(await toldAgain(ends)).toMatchObject({ status: "SUCCEEDED" });
  });
});

test("a start that is told together with the end of its context still has its function called", async () => {
  const stage = new Stage();
  let runs = 0;
  const left: StepOptions<unknown> = {
    subType: "Step",
    run: () => ++runs,
    serdes: json,
    atMostOnce: true,
    retry: () => ({ retry: false }),
  };
  await stage.park((root) => child(root, async (inner) => void step(inner, left)));
  expect(runs).toBe(1);
  expect(stage.invocation.journalSize).toBe(2);
});

test("a context may be told after what lies in it", async () => {
  const stage = new Stage({ lingerMs: 100, answer: (changed) => changed.toReversed() });
  const { ended } = await stage.park((root) => child(root, (outer) => child(outer, (inner) => one(inner))));
  expect(stage.invocation.journalSize).toBe(2);
  expect(await stage.wake(ended)).toMatchObject({ status: "SUCCEEDED" });
});
