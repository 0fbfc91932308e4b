/**
 * `Date` as code under test has it. The code that a test runner runs, and all that it awaits, reads the runner's clock
 * from `Date.now()`, `new Date()` and `Date()`; everything else in the process reads the real one. Where the platform
 * has no AsyncLocalStorage, only code up to its first await reads the runner's.
 */

import { systemAmbient } from "../adapters/hosts/ambient.ts";

/** Milliseconds since the epoch. */
type Now = () => number;

/** Holds the clock of the code that runs. */
const clocks = systemAmbient();
const virtual = new WeakSet<DateConstructor>();

/** Runs code that reads its time from `now`. */
export function underClock<T>(now: Now, body: () => T): T {
  install();
  return clocks.run(now, body);
}

/** Again, if a test has put another Date in the place of this one. */
function install(): void {
  if (!virtual.has(globalThis.Date)) globalThis.Date = virtualDate(globalThis.Date);
}

function currentClock(): Now | undefined {
  return clocks.get() as Now | undefined;
}

function virtualDate(platform: DateConstructor): DateConstructor {
  const platformNow = platform.now;
  const now = (): number => currentClock()?.() ?? platformNow.call(platform);
  const date = new Proxy(platform, {
    construct(target, args: unknown[], newTarget): object {
      const clock = args.length === 0 ? currentClock() : undefined;
      return Reflect.construct(target, clock === undefined ? args : [clock()], newTarget) as object;
    },
    apply(target, receiver, args: unknown[]): unknown {
      const clock = currentClock();
      return clock === undefined ? Reflect.apply(target, receiver, args) : new target(clock()).toString();
    },
    get(target, key): unknown {
      const value = Reflect.get(target, key) as unknown;
      // A `now` that a test has put in place meanwhile goes first.
      return key === "now" && value === platformNow ? now : value;
    },
  });
  virtual.add(date);
  return date;
}
