import { describe, expect, test } from "vitest";
import { SimulatedClock } from "../../testing/simulated-host.ts";
import type { Operation } from "../model/operation.ts";
import type { Host } from "../ports/host.ts";
import type { InvocationOutcome } from "./core.ts";
import { Invocation } from "./invocation.ts";
import { wait } from "./operations/wait.ts";
import { Patience } from "./patience.ts";
import type { Scope } from "./scope.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** A host whose clock leaps ahead of the simulated one, as after a sleep: what is due by then is late. */
class LeapingHost {
  readonly clock: SimulatedClock = new SimulatedClock();
  readonly host: Host;
  #ahead = 0;
  readonly #timers = new Set<{ readonly at: number; readonly ring: () => void }>();

  constructor() {
    const inner = this.clock.host();
    this.host = {
      now: () => this.now(),
      random: () => inner.random(),
      randomId: () => inner.randomId(),
      drain: (next) => inner.drain(next),
      background: (work) => inner.background(work),
      ambient: inner.ambient,
      timer: (at, fire) => this.#timer(at, fire),
    };
  }

  now(): number {
    return this.clock.now() + this.#ahead;
  }

  leap(ms: number): void {
    this.#ahead += ms;
    for (const timer of [...this.#timers]) if (timer.at <= this.now()) timer.ring();
  }

  #timer(at: number, fire: () => void): () => void {
    const ring = (): void => {
      stop();
      fire();
    };
    const timer = { at, ring };
    this.#timers.add(timer);
    const cancel = this.clock.host().timer(at - this.#ahead, ring);
    const stop = (): void => {
      cancel();
      this.#timers.delete(timer);
    };
    return stop;
  }
}

/** Starts to wait and answers how often the wait came to its end. */
function waiting(leaping: LeapingHost, limitMs: number): () => number {
  let ends = 0;
  new Patience(leaping.host, limitMs).wait(() => ends++);
  return () => ends;
}

describe("the patience with code that does nothing", () => {
  test("is at its end when that much time has passed, and not before", async () => {
    const leaping = new LeapingHost();
    const ends = waiting(leaping, 12_000);
    await leaping.clock.advance(11_999);
    expect(ends()).toBe(0);
    await leaping.clock.advance(1);
    expect(ends()).toBe(1);
    await leaping.clock.advance(HOUR_MS);
    expect(ends()).toBe(1);
  });

  test("loses no more than what it was in the middle of when the clock leaps", async () => {
    const leaping = new LeapingHost();
    const ends = waiting(leaping, MINUTE_MS);
    for (let leap = 0; leap < 10; leap++) {
      await leaping.clock.advance(5000);
      leaping.leap(HOUR_MS);
    }
    await leaping.clock.advance(9999);
    expect(ends()).toBe(0);
    await leaping.clock.advance(1);
    expect(ends()).toBe(1);
  });

  test("is kept while nothing but leaps happens", async () => {
    const leaping = new LeapingHost();
    const ends = waiting(leaping, MINUTE_MS);
    for (let leap = 0; leap < 100; leap++) leaping.leap(HOUR_MS);
    expect(ends()).toBe(0);
  });

  test("ends nothing once the wait is over", async () => {
    const leaping = new LeapingHost();
    let ends = 0;
    const cancel = new Patience(leaping.host, MINUTE_MS).wait(() => ends++);
    await leaping.clock.advance(MINUTE_MS / 2);
    cancel();
    await leaping.clock.advance(HOUR_MS);
    expect(ends).toBe(0);
  });
});

describe("an invocation whose code has yet to call what the log holds", () => {
  function fired(position: number): Operation {
    const at = new SimulatedClock().now();
    return {
      id: `${position}`,
      type: "WAIT",
      subType: "Wait",
      status: "SUCCEEDED",
      startedAt: at,
      endedAt: at,
      waitSeconds: 1,
      dueAt: at,
      after: 0,
      delivery: position,
    };
  }

  function replay(
    leaping: LeapingHost,
    count: number,
    handler: (root: Scope) => Promise<unknown>,
  ): () => InvocationOutcome | undefined {
    let ended: InvocationOutcome | undefined;
    const running = new Invocation({
      client: { checkpoint: () => [] },
      host: leaping.host,
      journal: Array.from({ length: count }, (_, index) => fired(index + 1)),
      encodeId: (position) => position,
      arn: "arn",
      suspension: { mode: "park", onParked: () => {} },
      lingerMs: 0,
    });
    void running.run(handler).then((outcome) => {
      ended = outcome;
    });
    return () => ended;
  }

  function pause(leaping: LeapingHost, ms: number): Promise<void> {
    return new Promise((resolve) => leaping.host.timer(leaping.now() + ms, resolve));
  }

  test("is not ended by a leap of the clock", async () => {
    const leaping = new LeapingHost();
    let goOn: (() => void) | undefined;
    const ended = replay(leaping, 1, async (root) => {
      await new Promise<void>((resolve) => (goOn = resolve));
      await wait(root, { subType: "Wait", seconds: 1 }).observe();
    });
    await leaping.clock.advance(1);
    leaping.leap(HOUR_MS);
    await leaping.clock.advance(MINUTE_MS - 1);
    expect(ended()).toBeUndefined();
    goOn?.();
    await leaping.clock.settle();
    expect(ended()).toMatchObject({ status: "SUCCEEDED" });
  });

  test("is not ended while the code gets on, however slowly", async () => {
    const leaping = new LeapingHost();
    const ended = replay(leaping, 10, async (root) => {
      for (let call = 0; call < 10; call++) {
        await pause(leaping, MINUTE_MS - 1);
        await wait(root, { subType: "Wait", seconds: 1 }).observe();
      }
    });
    await leaping.clock.advance(10 * MINUTE_MS);
    expect(ended()).toMatchObject({ status: "SUCCEEDED" });
  });

  test("is ended after a minute in which the code does nothing, and names what was not called", async () => {
    const leaping = new LeapingHost();
    const ended = replay(leaping, 1, () => new Promise(() => {}));
    await leaping.clock.advance(MINUTE_MS - 1);
    expect(ended()).toBeUndefined();
    await leaping.clock.advance(1);
    expect(ended()).toMatchObject({ status: "BREACH", error: { recorded: { id: "1", type: "WAIT" } } });
  });
});
