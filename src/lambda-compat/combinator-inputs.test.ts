import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DurableTestRunner } from "../testing/test-runner.ts";
import { combinatorInputs } from "./combinator-inputs.ts";
import type { DurableContext } from "./types.ts";
import { withDurableExecution } from "./with-durable-execution.ts";

type Combinator = "all" | "allSettled" | "any" | "race";

/** All four take native promises and any iterable, whatever their types say. */
type Combine = (name: string, promises: Iterable<unknown>) => Promise<unknown>;

const combinators: readonly Combinator[] = ["all", "allSettled", "any", "race"];

/** The rejections that nobody handled; each would end a Node process. */
const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", note);
});

afterEach(() => void process.off("unhandledRejection", note));

/** A turn of the event loop: rejections that nobody has handled are told before it. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A native promise that rejects after some microtasks. */
async function rejecting(hops: number): Promise<never> {
  for (let hop = 0; hop < hops; hop++) await Promise.resolve();
  throw new Error(`rejected after ${hops}`);
}

/** The inputs of a call, given as an array or as something that can be read only once. */
const inputs: Record<string, (promises: Promise<unknown>[]) => Iterable<unknown>> = {
  "an array": (promises) => promises,
  "an iterable that can be read once": (promises) => promises.values(),
};

describe.each(combinators)("ctx.promise.%s of native promises", (combinator) => {
  const combine = (context: DurableContext, promises: Iterable<unknown>): Promise<unknown> =>
    (context.promise[combinator] as unknown as Combine)("combined", promises);

  test.each(Object.keys(inputs))("leaves no rejection unhandled on replay: %s", async (how) => {
    let invocations = 0;
    const handler = withDurableExecution(async (_event, context) => {
      invocations++;
      const native = [rejecting(0), rejecting(3), context.step(async () => 1).then((value) => value)];
      const first = await combine(context, inputs[how]?.(native) ?? native).catch(() => "failed");
      // Looked at here, it belongs to this context.
      const inner = combine(context, [rejecting(5), Promise.resolve(2)]).then((value) => value);
      const second = await combine(context, [inner, rejecting(50)]).catch(() => "failed");
      await context.wait({ seconds: 1 });
      return [first, second];
    });
    const { status } = await new DurableTestRunner(handler).run();
    await turn();
    expect(status).toBe("SUCCEEDED");
    expect(invocations).toBe(2);
    expect(unhandled).toEqual([]);
  });

  test("leaves none unhandled before anybody looks at it, or if nobody does", async () => {
    const handler = withDurableExecution(async (_event, context) => {
      const combined = combine(context, [rejecting(0)]);
      void combine(context, [rejecting(1)]);
      await context.wait({ seconds: 1 });
      return combined.catch((error: Error) => error.name);
    });
    expect((await new DurableTestRunner(handler, { parks: true }).run()).status).toBe("SUCCEEDED");
    await turn();
    expect(unhandled).toEqual([]);
  });
});

describe("the inputs of a combinator", () => {
  test("are read once, at the call", () => {
    let reads = 0;
    function* once(): Generator<number> {
      reads++;
      yield 1;
    }
    const read = combinatorInputs(once());
    expect(reads).toBe(1);
    expect([...read(), ...read()]).toEqual([1, 1]);
  });

  test("throw what reading them threw when they are asked for", () => {
    function* broken(): Generator<Promise<never>> {
      yield rejecting(0);
      throw new Error("no more");
    }
    expect(combinatorInputs(broken())).toThrow("no more");
  });

  test("that cannot be iterated are left to the platform's own combinator", () => {
    expect(combinatorInputs(undefined as unknown as [])()).toBeUndefined();
  });

  test("do not begin because they are looked at", () => {
    let begun = false;
    class Lazy extends Promise<number> {
      // oxlint-disable-next-line unicorn/no-thenable -- a promise that begins when somebody looks at it
      override then: Promise<number>["then"] = (done, failed) => {
        begun = true;
        return super.then(done, failed);
      };
    }
    combinatorInputs([new Lazy((resolve) => resolve(1))]);
    expect(begun).toBe(false);
  });
});
