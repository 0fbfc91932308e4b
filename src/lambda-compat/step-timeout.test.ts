/** Steps with a time limit, and the signal that tells their functions of their end. */

import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, test } from "vitest";
import { createMemoryHost } from "../homes/memory/index.ts";
import { DurableTestRunner } from "../testing/test-runner.ts";
import { StepError, StepTimeoutError } from "../engine/model/errors.ts";
import { StepInterruptedError } from "../engine/replay/faults.ts";
import type { DurableContext, RetryStrategy, StepConfig } from "./types.ts";
import { withDurableExecution } from "./with-durable-execution.ts";

type Handler = (event: unknown, context: DurableContext) => Promise<unknown>;

/** A function that never ends holds up virtual time for this long, in ms. */
const STEP_PATIENCE_MS = 20;
const never = (): Promise<never> => new Promise(() => {});
const noRetry: RetryStrategy = () => ({ shouldRetry: false });
const once: RetryStrategy = (_error, attempt) => ({ shouldRetry: attempt < 2, delay: { seconds: 1 } });

function runnerOf(handler: Handler, parks = false): DurableTestRunner {
  return new DurableTestRunner(withDurableExecution(handler), { stepPatienceMs: STEP_PATIENCE_MS, parks });
}

describe("an attempt that takes longer than the timeout", () => {
  test("has failed with a StepTimeoutError, also for a replay", async () => {
    const caught: unknown[] = [];
    const { status, operations } = await runnerOf(async (_event, context) => {
      const config: StepConfig<never> = { timeout: { seconds: 30 }, retryStrategy: noRetry };
      await context.step("charge", never, config).catch((error: unknown) => caught.push(error));
      await context.wait({ seconds: 5 });
    }).run();
    expect(status).toBe("SUCCEEDED");
    expect(caught.length).toBeGreaterThan(1);
    for (const error of caught) {
      expect(error).toBeInstanceOf(StepTimeoutError);
      expect(error).toBeInstanceOf(StepError);
      expect(error).toMatchObject({
        message: 'Attempt 1 of step "charge" was not done in 30 s, which is its timeout.',
      });
    }
    expect(operations[0]).toMatchObject({ status: "FAILED", error: { errorType: "StepTimeoutError" } });
  });

  test("lasts as long as said, and is tried again as the strategy says", async () => {
    const attempts: [attempt: number, at: number][] = [];
    const runner = runnerOf((_event, context) =>
      context.step(
        "charge",
        async ({ attempt }) => {
          attempts.push([attempt, runner.clock.now()]);
          return attempt === 1 ? never() : "done";
        },
        { timeout: { seconds: 30 }, retryStrategy: once },
      ),
    );
    expect(await runner.run()).toMatchObject({ status: "SUCCEEDED", result: "done" });
    expect(attempts.map(([attempt]) => attempt)).toEqual([1, 2]);
    expect((attempts[1]?.[1] ?? 0) - (attempts[0]?.[1] ?? 0)).toBe(31_000);
  });

  test("has its signal aborted with that error, and what its function comes to is not recorded", async () => {
    const reasons: unknown[] = [];
    const { result, operations } = await runnerOf((_event, context) =>
      context
        .step(
          "charge",
          ({ attempt, signal }) => {
            if (attempt === 2)
              return never().then(
                () => "",
                () => "",
              );
            return new Promise<string>((resolve, reject) => {
              signal.addEventListener("abort", () => {
                reasons.push(signal.reason);
                resolve("too late");
                reject(new Error("too late"));
              });
            });
          },
          { timeout: { seconds: 30 }, retryStrategy: once },
        )
        .catch((error: unknown) => (error as Error).message),
    ).run();
    expect(reasons).toEqual([expect.any(StepTimeoutError)]);
    expect(result).toBe('Attempt 2 of step "charge" was not done in 30 s, which is its timeout.');
    expect(operations).toHaveLength(1);
  });

  test("is told to the strategy in the asynchronous context of the call", async () => {
    const tenant = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    await runnerOf((_event, context) =>
      tenant.run("tenant", () =>
        context.step("charge", never, {
          timeout: { seconds: 1 },
          retryStrategy: (error, attempt) => {
            seen.push([tenant.getStore(), error.name, attempt]);
            return { shouldRetry: attempt < 2 };
          },
        }),
      ),
    ).run();
    expect(seen).toEqual([
      ["tenant", "StepTimeoutError", 1],
      ["tenant", "StepTimeoutError", 2],
    ]);
  });
});

test("an attempt that ends in time leaves no timer behind, and its signal is not aborted", async () => {
  let kept: AbortSignal | undefined;
  const runner = runnerOf(async (_event, context) => {
    await context.step(
      "charge",
      async ({ signal }) => {
        kept = signal;
        expect(signal).toBe(signal);
      },
      { timeout: { hours: 2 } },
    );
    return runner.clock.now();
  });
  const start = runner.clock.now();
  expect((await runner.run()).result).toBe(start);
  await runner.advance({ hours: 3 });
  expect(kept?.aborted).toBe(false);
});

test("an attempt that ends in time has its outcome, though the invocation goes on past its timeout", async () => {
  const { status, result, operations } = await runnerOf(async (_event, context) => {
    const slow = context.step("slow", never, { timeout: { hours: 1 }, retryStrategy: noRetry });
    const charged = await context.step("charge", async () => "done", { timeout: { minutes: 1 } });
    await slow.catch(() => {});
    return charged;
  }).run();
  expect([status, result]).toEqual(["SUCCEEDED", "done"]);
  expect(operations.map((operation) => operation.status)).toEqual(["FAILED", "SUCCEEDED"]);
});

describe("an attempt that was cut off, of which the start is recorded", () => {
  async function restarted(config: StepConfig<string>): Promise<[result: unknown, attempts: number[]]> {
    const attempts: number[] = [];
    const runner = runnerOf((_event, context) =>
      context
        .step(
          "charge",
          async ({ attempt }) => {
            attempts.push(attempt);
            return attempts.length === 1 ? never() : "done";
          },
          config,
        )
        .catch((error: unknown) => ((error as Error).cause as Error).name),
    );
    const execution = await runner.start();
    await runner.advance(2000);
    expect(execution.operations).toMatchObject([{ status: "STARTED" }]);
    await runner.restart();
    return [(await execution.finish()).result, attempts];
  }

  test("is made again without a timeout", async () => {
    expect(await restarted({ retryStrategy: noRetry })).toEqual(["done", [1, 1]]);
  });

  test("counts as one that failed with a timeout", async () => {
    const timeout = { minutes: 10 };
    expect(await restarted({ timeout, retryStrategy: noRetry })).toEqual([StepInterruptedError.name, [1]]);
    expect(await restarted({ timeout, retryStrategy: once })).toEqual(["done", [1, 2]]);
  });
});

describe("the signal is aborted", () => {
  test("when the execution is stopped", async () => {
    let signal: AbortSignal | undefined;
    const runner = runnerOf((_event, context) =>
      context.step("charge", (step) => {
        signal = step.signal;
        return never();
      }),
    );
    const execution = await runner.start();
    expect(signal?.aborted).toBe(false);
    await runner.client.stop(execution.id);
    await runner.clock.settle();
    expect(signal?.reason).toMatchObject({ name: "AbortError", code: "ATTEMPT_ABORTED" });
  });

  test("when the context around it, or the handler, has ended without it", async () => {
    const signals: AbortSignal[] = [];
    const hanging = (context: DurableContext): void =>
      void context.step("left", ({ signal }) => {
        signals.push(signal);
        return never();
      });
    await runnerOf(async (_event, context) => {
      await context.runInChildContext("child", async (child) => {
        hanging(child);
        await child.step("other", async () => {});
      });
      expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
      hanging(context);
      await context.step("last", async () => {});
    }).run();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  test("when the process that ran it is closed", async () => {
    let signal: AbortSignal | undefined;
    const charge = withDurableExecution((_event, context) =>
      context.step("charge", (step) => {
        signal = step.signal;
        return never();
      }),
    );
    const host = createMemoryHost({ functions: { charge } });
    await host.client.start({ functionName: "charge" });
    await expect.poll(() => signal?.aborted).toBe(false);
    host.close();
    await expect.poll(() => signal?.aborted).toBe(true);
  });

  test("from the beginning for a function that asks when its attempt is over", async () => {
    let late: AbortSignal | undefined;
    let ask = (): void => {};
    const asked = new Promise<void>((resolve) => (ask = resolve));
    const runner = runnerOf((_event, context) =>
      context.step(
        "charge",
        async (step) => {
          if (step.attempt === 2) return;
          await asked;
          late = step.signal;
        },
        { timeout: { seconds: 1 }, retryStrategy: once },
      ),
    );
    await runner.run();
    ask();
    await expect.poll(() => late?.aborted).toBe(true);
  });
});

test("a function whose attempt is over sees so at once, though a later attempt runs", async () => {
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  let answer = (_isAborted: boolean): void => {};
  const answered = new Promise<boolean>((resolve) => (answer = resolve));
  const handler: Handler = (_event, context) =>
    context.step(
      "charge",
      async (step) => {
        if (step.attempt === 1) await begun.then(() => answer(step.signal.aborted));
        begin();
        return answered;
      },
      { timeout: { minutes: 10 }, retryStrategy: once },
    );
  const { result } = await runnerOf(handler, true).run();
  expect(result).toBe(true);
});

test.each([
  ["5s", 'The timeout of context.step "charge" must be an object with days, hours, minutes or seconds'],
  [30, "write { seconds: 30 }"],
  [{ seconds: 0 }, "must be longer than 0 s and is { seconds: 0 }: leave it out for none."],
])("the timeout %j is refused at the call", async (timeout, message) => {
  const { error } = await runnerOf((_event, context) =>
    context.step("charge", async () => {}, { timeout: timeout as never }),
  ).run();
  expect(error).toMatchObject({ errorType: "InvalidArgumentError", errorMessage: expect.stringContaining(message) });
});
