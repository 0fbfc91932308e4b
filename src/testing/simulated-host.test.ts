import { describe, expect, test } from "vitest";
import { SimulatedClock } from "./simulated-host.ts";

test("time stands still until it is moved", async () => {
  const clock = new SimulatedClock({ startAt: 1000 });
  const host = clock.host();
  const fired: number[] = [];
  host.timer(1500, () => fired.push(host.now()));
  await clock.settle();
  expect([clock.now(), fired]).toEqual([1000, []]);
  await clock.advance(499);
  expect([clock.now(), fired]).toEqual([1499, []]);
  await clock.advance(1);
  expect([clock.now(), fired]).toEqual([1500, [1500]]);
});

test("timers fire in the order of their times, equal ones in the order they were set, each at its own time", async () => {
  const clock = new SimulatedClock({ startAt: 0 });
  const host = clock.host();
  const fired: string[] = [];
  for (const [name, at] of [
    ["c", 30],
    ["a", 10],
    ["b1", 20],
    ["b2", 20],
  ] as const) {
    host.timer(at, () => fired.push(`${name}@${host.now()}`));
  }
  await clock.advance(100);
  expect(fired).toEqual(["a@10", "b1@20", "b2@20", "c@30"]);
  expect(clock.now()).toBe(100);
});

test("a timer set by a timer fires on the way; a cancelled one does not", async () => {
  const clock = new SimulatedClock({ startAt: 0 });
  const host = clock.host();
  const fired: string[] = [];
  const cancelLater = host.timer(20, () => fired.push("cancelled"));
  host.timer(10, () => {
    cancelLater();
    host.timer(15, () => fired.push(`nested@${host.now()}`));
  });
  await clock.advance(50);
  expect(fired).toEqual(["nested@15"]);
});

test("a timer in the past fires at once when time may pass, and not within the call", async () => {
  const clock = new SimulatedClock({ startAt: 1000 });
  let fired = false;
  clock.host().timer(5, () => {
    fired = true;
  });
  expect(fired).toBe(false);
  await clock.advance(0);
  expect([fired, clock.now()]).toEqual([true, 1000]);
});

test("runs until idle across months in no time, and says how long it took", async () => {
  const clock = new SimulatedClock({ startAt: 0 });
  const host = clock.host();
  const month = 30 * 86_400_000;
  let wakes = 0;
  const again = (): void => {
    if (++wakes < 3) host.timer(host.now() + month, again);
  };
  host.timer(month, again);
  expect(await clock.runUntilIdle()).toBe(3 * month);
  expect(wakes).toBe(3);
});

test("a loop that never ends is an error, not a hang", async () => {
  const clock = new SimulatedClock();
  const host = clock.host();
  const again = (): void => void host.timer(host.now() + 1000, again);
  again();
  await expect(clock.runUntilIdle({ limitMs: 60_000 })).rejects.toThrow(/not idle after 60000/);
});

test("runs just as long as some work needs, and tells when nothing can finish it", async () => {
  const clock = new SimulatedClock({ startAt: 0 });
  const host = clock.host();
  const sleep = (ms: number) => new Promise<void>((resolve) => void host.timer(host.now() + ms, resolve));
  host.timer(1e6, () => undefined);
  const work = sleep(10)
    .then(() => sleep(20))
    .then(() => "done");
  expect(await clock.run(work)).toBe("done");
  expect(clock.now()).toBe(30);
  await expect(clock.run(new Promise(() => undefined))).rejects.toThrow(/Nothing is left to happen/);
});

describe("a drain", () => {
  test("comes after every microtask, those that are queued meanwhile included", async () => {
    const clock = new SimulatedClock();
    let hops = 0;
    const chain = async (): Promise<void> => {
      for (; hops < 5000; hops++) await Promise.resolve();
    };
    void chain();
    const hopsAtDrain = await new Promise((resolve) => clock.host().drain(() => resolve(hops)));
    expect(hopsAtDrain).toBe(5000);
  });

  test("of one process waits for what the drain of another has woken", async () => {
    const clock = new SimulatedClock();
    const [a, b] = [clock.host(), clock.host()];
    const seen: string[] = [];
    a.drain(() => {
      seen.push("a");
      void Promise.resolve().then(() => seen.push("woken by a"));
    });
    b.drain(() => seen.push("b"));
    await clock.settle();
    expect(seen).toEqual(["a", "woken by a", "b"]);
  });

  test("settle waits for drains that ask for more drains", async () => {
    const clock = new SimulatedClock();
    const host = clock.host();
    let left = 500;
    const again = (): void => {
      if (--left > 0) void Promise.resolve().then(() => host.drain(again));
    };
    host.drain(again);
    await clock.settle();
    expect(left).toBe(0);
  });
});

describe("for work outside the simulation", () => {
  function setup(patienceMs: number) {
    const pending = new Set<unknown>();
    let begun = 0;
    const isPending = (): boolean => pending.size > 0;
    const realWork = { holdsTime: isPending, mayGoOn: isPending, begun: () => begun };
    const clock = new SimulatedClock({ startAt: 0, realWork, patienceMs });
    const host = clock.host();
    const seen: string[] = [];
    const work = (result: Promise<unknown>): void => {
      begun++;
      pending.add(result);
      void result.then(() => {
        pending.delete(result);
        seen.push(`work@${host.now()}`);
        host.timer(host.now() + 5, () => seen.push(`what follows@${host.now()}`));
      });
    };
    return { clock, host, seen, work };
  }

  test("time stands still, and goes on with what follows from it", async () => {
    const { clock, host, seen, work } = setup(10_000);
    work(new Promise((resolve) => setTimeout(resolve, 20)));
    host.timer(10, () => seen.push(`timer@${host.now()}`));
    await clock.runUntilIdle();
    expect(seen).toEqual(["work@0", "what follows@5", "timer@10"]);
  });

  test("time goes on when it takes too long", async () => {
    const { clock, host, seen, work } = setup(10);
    let finish: ((value: unknown) => void) | undefined;
    work(new Promise((resolve) => (finish = resolve)));
    host.timer(10, () => seen.push(`timer@${host.now()}`));
    host.timer(20, () => finish?.(undefined));
    await clock.runUntilIdle();
    expect(seen).toEqual(["timer@10", "work@20", "what follows@25"]);
  });

  test("the world is not idle before it is over", async () => {
    const { clock, seen, work } = setup(10_000);
    work(new Promise((resolve) => setTimeout(resolve, 20)));
    expect(await clock.runUntilIdle()).toBe(5);
    expect(seen).toEqual(["work@0", "what follows@5"]);
  });
});

test("nothing comes back to a process that was killed", async () => {
  const clock = new SimulatedClock({ startAt: 0 });
  const [killed, other] = [clock.host(), clock.host()];
  const seen: string[] = [];
  killed.timer(10, () => seen.push("timer"));
  killed.drain(() => seen.push("drain"));
  other.timer(20, () => seen.push("other"));
  killed.kill();
  killed.timer(5, () => seen.push("late timer"));
  await clock.runUntilIdle();
  expect(seen).toEqual(["other"]);
});

test("the seed decides ids and numbers", () => {
  const draw = (seed: number) => {
    const host = new SimulatedClock({ seed }).host();
    return [host.randomId(), host.random(), host.randomId()];
  };
  expect(draw(5)).toEqual(draw(5));
  expect(draw(5)).not.toEqual(draw(6));
  expect(draw(5)[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(draw(5)[1]).toBeGreaterThanOrEqual(0);
  expect(draw(5)[1]).toBeLessThan(1);
});
