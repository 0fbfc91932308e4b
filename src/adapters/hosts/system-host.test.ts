import { AsyncLocalStorage } from "node:async_hooks";
import { afterEach, describe, expect, test, vi } from "vitest";
import { syncAmbient } from "./ambient.ts";
import { bindAmbient } from "./async-ambient.ts";
import { createDrain, systemAfterMicrotasks, ticksOrTimers } from "./drain.ts";
import { platformTasks } from "./platform-tasks.ts";
import { systemHost } from "./system-host.ts";
import { createTimer } from "./timer.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** The platforms that a drain can find itself on, seen from Node. */
const platforms: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "a process with ticks": {},
  "a page with message channels": { process: undefined },
  "a Worker with Node's names": { navigator: { userAgent: "Cloudflare-Workers" } },
  "a platform with timers only": { process: undefined, MessageChannel: undefined },
};

/** The second one has no events, so that a page has timers. */
const ways = { "a drain": systemAfterMicrotasks, "a drain without events": () => ticksOrTimers(platformTasks()) };

const drains = Object.entries(ways).flatMap(([way, afterMicrotasks]) =>
  Object.entries(platforms).map(([platform, globals]) => ({ name: `${way} on ${platform}`, afterMicrotasks, globals })),
);

for (const { name: drainName, afterMicrotasks, globals } of drains) {
  describe(drainName, () => {
    function drainThere(): (next: () => void) => void {
      for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
      const drain = createDrain(afterMicrotasks());
      vi.unstubAllGlobals();
      return drain;
    }

    test("comes after a long chain of microtasks, asked for in a task or in a microtask", async () => {
      const drain = drainThere();
      for (const start of [(ask: () => void) => setTimeout(ask, 0), queueMicrotask]) {
        const hopsAtDrain = await new Promise((resolve) => {
          start(() => {
            let hops = 0;
            void (async () => {
              for (; hops < 5000; hops++) await Promise.resolve();
            })();
            drain(() => resolve(hops));
          });
        });
        expect(hopsAtDrain).toBe(5000);
      }
    });

    test("lets what one callback has woken run before the next callback", async () => {
      const drain = drainThere();
      const seen: string[] = [];
      await new Promise<void>((resolve) => {
        for (const name of ["a", "b", "c"]) {
          drain(() => {
            seen.push(name);
            void (async () => {
              for (let hop = 0; hop < 10; hop++) await Promise.resolve();
              seen.push(`woken by ${name}`);
              if (name === "c") resolve();
            })();
          });
        }
      });
      expect(seen).toEqual(["a", "woken by a", "b", "woken by b", "c", "woken by c"]);
    });

    test("goes on after a callback that throws", async () => {
      const failures: unknown[] = [];
      const catching = (error: unknown): void => void failures.push(error);
      const others = process.listeners("uncaughtException");
      process.removeAllListeners("uncaughtException");
      process.on("uncaughtException", catching);
      const drain = drainThere();
      drain(() => {
        throw new Error("in a drain");
      });
      await new Promise<void>((resolve) => drain(resolve));
      await new Promise((resolve) => setTimeout(resolve, 0));
      process.off("uncaughtException", catching);
      for (const other of others) process.on("uncaughtException", other);
      expect(failures).toMatchObject([{ message: "in a drain" }]);
    });
  });
}

test("a process does not load its message channels to drain", () => {
  const channels = vi.spyOn(globalThis, "MessageChannel", "get");
  for (const make of Object.values(ways)) createDrain(make());
  expect(channels).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

test("drains in an endless row let timers and I/O in", async () => {
  const { drain } = systemHost();
  let over = false;
  let drains = 0;
  const again = (): void => {
    drains++;
    if (!over) drain(again);
  };
  drain(again);
  await new Promise((resolve) => setTimeout(resolve, 1));
  over = true;
  expect(drains).toBeGreaterThan(0);
});

test("a drain does not wait for a clock that stands still", async () => {
  vi.useFakeTimers({ toFake: ["queueMicrotask", "setImmediate", "setTimeout"] });
  const { drain } = systemHost();
  let drains = 0;
  await new Promise<void>((resolve) => {
    const again = (): void => (++drains === 300 ? resolve() : drain(again));
    drain(again);
  });
  expect(drains).toBe(300);
});

test("each drain comes back in the asynchronous context that asked for it", async () => {
  const storage = new AsyncLocalStorage<string>();
  const { drain, ambient } = systemHost();
  const seen = await Promise.all(
    ["a", "b", "c"].map((name) =>
      storage.run(name, () =>
        ambient.run(name, () => new Promise((resolve) => drain(() => resolve([name, ambient.get()])))),
      ),
    ),
  );
  expect(seen).toEqual([
    ["a", "a"],
    ["b", "b"],
    ["c", "c"],
  ]);
});

describe("a timer", () => {
  test("is never early by the clock it is given, even when the platform's is", () => {
    vi.useFakeTimers({ now: 0 });
    let skew = 0;
    const now = () => Date.now() - skew;
    const fired: number[] = [];
    createTimer({ now })(100, () => fired.push(now()));
    skew = 3;
    vi.advanceTimersByTime(102);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(fired).toEqual([100]);
  });

  test("waits for a time beyond the platform's 24.8 days", () => {
    vi.useFakeTimers({ now: 0 });
    const at = 100 * 86_400_000;
    let fired = 0;
    createTimer({ now: Date.now })(at, () => fired++);
    vi.advanceTimersByTime(at - 1);
    expect(fired).toBe(0);
    vi.advanceTimersByTime(1);
    expect(fired).toBe(1);
  });

  test("notices within a minute that the clock has jumped over its time", () => {
    vi.useFakeTimers({ now: 0 });
    let jump = 0;
    const fired: number[] = [];
    const now = () => Date.now() + jump;
    createTimer({ now, recheckMs: 60_000 })(10 * 3_600_000, () => fired.push(Date.now()));
    vi.advanceTimersByTime(1000);
    jump = 11 * 3_600_000;
    vi.advanceTimersByTime(60_000);
    expect(fired).toEqual([60_000]);
  });

  test("fires for a time in the past, but not within the call, and not when cancelled", () => {
    vi.useFakeTimers({ now: 1000 });
    const timer = createTimer({ now: Date.now });
    const fired: string[] = [];
    timer(5, () => fired.push("past"));
    timer(5, () => fired.push("cancelled"))();
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(0);
    expect(fired).toEqual(["past"]);
  });

  test("stays cancelled when it was armed anew meanwhile", () => {
    vi.useFakeTimers({ now: 0 });
    let fired = 0;
    const cancel = createTimer({ now: Date.now, recheckMs: 10 })(100, () => fired++);
    vi.advanceTimersByTime(55);
    cancel();
    vi.advanceTimersByTime(1000);
    expect(fired).toBe(0);
  });
});

describe("an ambient value", () => {
  test("follows asynchronous code where the platform can", async () => {
    const { ambient } = systemHost();
    expect(ambient.tracksAsync).toBe(true);
    const seen = await ambient.run("outer", async () => {
      await Promise.resolve();
      const inner = ambient.run("inner", () => ambient.get());
      return [ambient.get(), inner];
    });
    expect(seen).toEqual(["outer", "inner"]);
    expect(ambient.get()).toBeUndefined();
  });

  test("holds for synchronous code elsewhere, and is put back after an error", () => {
    vi.stubGlobal("process", undefined);
    const { ambient } = systemHost();
    vi.unstubAllGlobals();
    expect(ambient.tracksAsync).toBe(false);
    ambient.run("outer", () => {
      expect(() =>
        ambient.run("inner", () => {
          throw new Error(String(ambient.get()));
        }),
      ).toThrow("inner");
      expect(ambient.get()).toBe("outer");
    });
    expect(ambient.get()).toBeUndefined();
  });

  test("is kept by a snapshot, together with the values of other storages", () => {
    const { ambient } = systemHost();
    const others = new AsyncLocalStorage<string>();
    const read = (): unknown[] => [ambient.get(), others.getStore()];
    const kept = others.run("other", () => ambient.run("value", () => ambient.snapshot()));
    const empty = ambient.snapshot();
    expect(others.run("another", () => ambient.run("now", () => [kept(read), empty(read), read()]))).toEqual([
      ["value", "other"],
      [undefined, undefined],
      ["now", "another"],
    ]);
    expect(() =>
      kept(() => {
        throw new Error("passes");
      }),
    ).toThrow("passes");
  });

  test("is not kept where it ends with the call", () => {
    const ambient = syncAmbient();
    const kept = ambient.run("value", () => ambient.snapshot());
    expect(kept(() => ambient.get())).toBeUndefined();
  });

  test("is not bound where it ends with the call", () => {
    const next = (): void => undefined;
    expect(bindAmbient(syncAmbient())(next)).toBe(next);
  });
});

test("ids are 128 random bits in hex", () => {
  const { randomId } = systemHost();
  const ids = new Set(Array.from({ length: 1000 }, randomId));
  expect(ids.size).toBe(1000);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
});
