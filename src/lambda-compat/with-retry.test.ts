import * as aws from "@aws/durable-execution-sdk-js";
import { describe, expect, test } from "vitest";
import { LocalService } from "../../test/conformance/local-service.ts";
import type { DurableContext, RetryDecision, WithRetryConfig } from "./types.ts";
import { withRetry } from "./with-retry.ts";

/** The records and the result of a handler that used the given `withRetry` on a context of AWS's SDK. */
async function traceOf(
  retry: typeof withRetry,
  { name, succeedsAt, config }: { name?: string; succeedsAt: number; config: Partial<WithRetryConfig<number>> },
): Promise<unknown> {
  const service = new LocalService();
  const asked: unknown[] = [];
  const retryStrategy = (error: Error, attempt: number): RetryDecision => {
    asked.push([error.name, error.message, attempt]);
    return config.retryStrategy?.(error, attempt) ?? { shouldRetry: attempt < 3, delay: { seconds: attempt * 10 } };
  };
  const output = await service.run(async (_event, durable) => {
    const context = durable as unknown as DurableContext;
    const block = async (inner: DurableContext, attempt: number): Promise<number> => {
      await inner.step("counts", async () => attempt);
      if (attempt < succeedsAt) throw new RangeError(`attempt ${attempt}`);
      return attempt;
    };
    const settings = { ...config, retryStrategy };
    return name === undefined ? retry(context, block, settings) : retry(context, name, block, settings);
  });
  const updates = service.updates.map(({ Id, ParentId, Name, Type, Action, WaitOptions }) => [
    Id,
    ParentId,
    Name,
    Type,
    Action,
    WaitOptions,
  ]);
  return { output, asked, updates };
}

const cases = [
  { title: "that succeeds at last", succeedsAt: 3, config: {} },
  { title: "that is given up", succeedsAt: 9, config: {} },
  { title: "without a delay", succeedsAt: 2, config: { retryStrategy: () => ({ shouldRetry: true }) } },
  { title: "without a context of its own", succeedsAt: 2, config: { wrapWithRunInChildContext: false } },
  { title: "with settings for its context", succeedsAt: 2, config: { childContextConfig: { subType: "Block" } } },
];

describe.each(cases)("a block $title", (given) => {
  test.for([{ name: "charge" }, { name: "" }, {}])("does with %j what AWS's does", async (named) => {
    const ours = await traceOf(withRetry, { ...given, ...named });
    expect(ours).toEqual(await traceOf(aws.withRetry as unknown as typeof withRetry, { ...given, ...named }));
  });
});

test("waits under the block's name, and rejects with a ChildContextError in the end", async () => {
  const trace = (await traceOf(withRetry, { name: "charge", succeedsAt: 9, config: {} })) as {
    updates: string[][];
    output: { Error: { ErrorType: string } };
  };
  const waits = trace.updates
    .filter(([, , , type]) => type === "WAIT")
    .map(([, , name, , , options]) => [name, options]);
  expect(waits).toEqual([
    ["charge-backoff-1", { WaitSeconds: 10 }],
    ["charge-backoff-2", { WaitSeconds: 20 }],
  ]);
  expect(trace.output.Error.ErrorType).toBe("ChildContextError");
});

test("rejects with a TypeError without a configuration", async () => {
  const context = {} as DurableContext;
  await expect(withRetry(context, "name", async () => 1, undefined as never)).rejects.toThrow(
    new TypeError("withRetry: config is required"),
  );
  await expect(withRetry(context, async () => 1, undefined as never)).rejects.toThrow(TypeError);
});
