import { describe, expect, test } from "vitest";
import { Looks } from "./looks.ts";
import { Sweeps } from "./sweeps.ts";

/** A clock whose timers fire when the test lets time pass. */
class Clock {
  time = 0;
  readonly #timers = new Set<{ readonly at: number; readonly fire: () => void }>();

  now(): number {
    return this.time;
  }

  timer(at: number, fire: () => void): () => void {
    const timer = { at, fire };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Fires the timers of the next `ms` in their order, and lets the code after each run. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await settled();
      const [next] = [...this.#timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.time = next.at;
      next.fire();
    }
    this.time = end;
  }
}

const settled = (): Promise<void> => new Promise((next) => setImmediate(next));

describe("sweeps", () => {
  function sweepsOf(sweep: (claims: boolean) => Promise<void>) {
    const clock = new Clock();
    const failures: unknown[] = [];
    const sweeps = new Sweeps({
      host: clock,
      claims: () => false,
      sweep,
      onFailed: (error) => failures.push(error),
      everyMs: () => 60_000,
      onDue: () => {},
    });
    return { clock, failures, sweeps };
  }

  test("come every so often, and a second after one that failed, then later each time", async () => {
    const times: number[] = [];
    let isAway = true;
    const { clock, failures, sweeps } = sweepsOf(async () => {
      times.push(clock.now());
      if (isAway) throw new Error("away");
    });
    sweeps.ask({ claims: true });
    await clock.pass(10_000);
    expect(times).toEqual([0, 1_000, 3_000, 7_000]);
    isAway = false;
    await clock.pass(125_000);
    expect(times.slice(4)).toEqual([15_000, 75_000, 135_000]);
    expect(failures).toHaveLength(4);
  });

  test("queue again for what one that failed had to queue for, and then only when asked", async () => {
    const claimed: boolean[] = [];
    const { clock, sweeps } = sweepsOf(async (claims) => {
      claimed.push(claims);
      if (claimed.length === 1) throw new Error("away");
    });
    sweeps.ask({ claims: true });
    await clock.pass(61_000);
    expect(claimed).toEqual([true, true, false]);
  });

  test("that are stopped come no more until they are asked for", async () => {
    let sweepsDone = 0;
    const { clock, sweeps } = sweepsOf(async () => void sweepsDone++);
    sweeps.ask({ claims: true });
    sweeps.stop();
    await clock.pass(600_000);
    expect(sweepsDone).toBe(1);
    sweeps.ask({ claims: true });
    await clock.pass(61_000);
    expect(sweepsDone).toBe(3);
  });
});

describe("looks", () => {
  test("that failed are made up for, later each time, without news", async () => {
    const clock = new Clock();
    const times: number[] = [];
    const errors: unknown[] = [];
    const looks = new Looks({
      host: clock,
      look: async () => {
        times.push(clock.now());
        if (times.length < 3) throw new Error("away");
      },
      onError: (id, error) => errors.push([id, error]),
    });
    await looks.ask("f/1");
    await clock.pass(60_000);
    expect(times).toEqual([0, 1_000, 3_000]);
    expect(errors).toEqual([
      ["f/1", new Error("away")],
      ["f/1", new Error("away")],
    ]);
    // A failure counts from then on as the first one.
    times.length = 2;
    times.pop();
    await looks.ask("f/1");
    await clock.pass(1_000);
    expect(times.slice(1)).toEqual([60_000, 61_000]);
  });

  test("one at a time, and one more after news that came meanwhile", async () => {
    let [running, most, done] = [0, 0, 0];
    const looks = new Looks({
      host: new Clock(),
      look: async () => {
        most = Math.max(most, ++running);
        await settled();
        running--;
        done++;
      },
      onError: () => {},
    });
    await Promise.all([looks.ask("f/1"), looks.ask("f/1"), looks.ask("f/1")]);
    expect([most, done]).toEqual([1, 2]);
  });

  test("are not made up for once they are stopped", async () => {
    const clock = new Clock();
    let looked = 0;
    const looks = new Looks({
      host: clock,
      look: async () => {
        looked++;
        throw new Error("away");
      },
      onError: () => {},
    });
    await looks.ask("f/1");
    looks.stop();
    await clock.pass(600_000);
    expect(looked).toBe(1);
  });
});
