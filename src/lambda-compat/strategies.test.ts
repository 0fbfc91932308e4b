import * as aws from "@aws/durable-execution-sdk-js";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { toSeconds } from "./duration.ts";
import { createLinearRetryStrategy, createRetryStrategy, retryPresets } from "./retry-strategy.ts";
import type { Duration } from "./types.ts";
import { createWaitStrategy } from "./wait-strategy.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** Runs both with the same chance, and says what each came to. */
function alike(seed: number, ours: () => unknown, theirs: () => unknown): void {
  const run = (body: () => unknown): unknown => {
    let state = seed;
    vi.spyOn(Math, "random").mockImplementation(() => {
      state = (state * 16_807) % 2_147_483_647;
      return state / 2_147_483_647;
    });
    try {
      return { value: body() };
    } catch (error) {
      return { thrown: String(error) };
    }
  };
  expect(run(ours)).toEqual(run(theirs));
}

const seed = fc.integer({ min: 1, max: 2_147_483_646 });
const attempt = fc.integer({ min: 1, max: 70 });
const amount = fc.oneof(fc.nat(5000), fc.double({ min: 0, max: 5000, noNaN: true }));
const duration = fc
  .record({ days: amount, hours: amount, minutes: amount, seconds: amount }, { requiredKeys: [] })
  .map((parts) => parts as Duration);
const jitter = fc.constantFrom("NONE" as const, "FULL" as const, "HALF" as const);
const common = {
  maxAttempts: fc.option(fc.integer({ min: 0, max: 80 }), { nil: undefined }),
  initialDelay: duration,
  maxDelay: duration,
  jitter,
};
const filters = {
  retryableErrors: fc.array(fc.oneof(fc.constantFrom("time", "out", "x"), fc.constantFrom(/^time/, /OUT/i))),
  retryableErrorTypes: fc.array(fc.constantFrom(RangeError, TypeError)),
};
const error = fc
  .tuple(fc.constantFrom(Error, RangeError, TypeError), fc.constantFrom("time out", "timeout", "refused", ""))
  .map(([ErrorClass, message]) => new ErrorClass(message));

test("a duration is the plain sum of its members, as AWS's strategies take it", () => {
  expect(toSeconds({ days: 1, hours: 2, minutes: 3, seconds: 4 })).toBe(93_784);
  expect(toSeconds({ seconds: 1.5 })).toBe(1.5);
  expect(toSeconds({ minutes: -1, seconds: 30 })).toBe(-30);
  expect(toSeconds({ weeks: 1 } as never)).toBe(0);
  expect(toSeconds({ minutes: 1, seconds: undefined } as never)).toBe(60);
});

describe("createRetryStrategy", () => {
  const config = fc.record(
    { ...common, ...filters, backoffRate: fc.double({ min: 0.5, max: 4, noNaN: true }) },
    { requiredKeys: [] },
  );

  test("decides as AWS's does", () => {
    fc.assert(
      fc.property(config, error, attempt, seed, (settings, thrown, n, chance) => {
        const ours = createRetryStrategy(settings as never);
        const theirs = aws.createRetryStrategy(settings as never);
        alike(
          chance,
          () => ours(thrown, n),
          () => theirs(thrown, n),
        );
      }),
      { numRuns: 500 },
    );
  });

  test("takes the first delay in milliseconds too, unless there is an initialDelay", () => {
    const first = (settings: object) => createRetryStrategy({ jitter: "NONE", ...settings })(new Error("x"), 1).delay;
    expect(first({ initialInterval: 1000 })).toEqual({ seconds: 1 });
    expect(first({ initialInterval: 90_000 })).toEqual({ seconds: 90 });
    expect(first({ initialInterval: 1000, initialDelay: { seconds: 7 } })).toEqual({ seconds: 7 });
  });
});

test("createLinearRetryStrategy decides as AWS's does", () => {
  const config = fc.record({ ...common, ...filters, increment: duration }, { requiredKeys: [] });
  fc.assert(
    fc.property(config, error, attempt, seed, (settings, thrown, n, chance) => {
      const ours = createLinearRetryStrategy(settings as never);
      const theirs = aws.createLinearRetryStrategy(settings as never);
      alike(
        chance,
        () => ours(thrown, n),
        () => theirs(thrown, n),
      );
    }),
    { numRuns: 500 },
  );
});

test.for(["default", "linear", "noRetry"] as const)("the preset %s is AWS's", (preset) => {
  fc.assert(
    fc.property(error, attempt, seed, (thrown, n, chance) => {
      alike(
        chance,
        () => retryPresets[preset](thrown, n),
        () => aws.retryPresets[preset](thrown, n),
      );
    }),
  );
});

test("createWaitStrategy decides as AWS's does, and throws as AWS's does", () => {
  const config = fc.record(
    { ...common, backoffRate: fc.double({ min: 0.5, max: 4, noNaN: true }), timeoutSeconds: fc.nat() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(config, fc.boolean(), attempt, seed, (settings, goesOn, n, chance) => {
      const full = { ...settings, shouldContinuePolling: (state: boolean) => state };
      const ours = createWaitStrategy<boolean>(full as never);
      const theirs = aws.createWaitStrategy<boolean>(full as never);
      alike(
        chance,
        () => ours(goesOn, n),
        () => theirs(goesOn, n),
      );
    }),
    { numRuns: 500 },
  );
});
