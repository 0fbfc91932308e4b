/** P12: limits are checked before the write; the error names the size and the limit. */

import { describe, expect, test } from "vitest";
import { decodeCommit } from "../../src/engine/machine/commit-codec.ts";
import { Limits } from "../../src/engine/machine/limits.ts";
import type { DurableContext } from "../../src/lambda-compat/types.ts";
import { EXECUTION_ID, programOf, World } from "./world.ts";

const LARGE = "x".repeat(Limits.PAYLOAD_CHARACTERS);
/** As JSON it has two characters more. */
const JUST_FITS = LARGE.slice(2);
const NO_RETRY = { retryStrategy: () => ({ shouldRetry: false }) };

interface Excess {
  readonly what: string;
  readonly program: (context: DurableContext) => Promise<unknown>;
  readonly size: number;
  readonly limit: number;
}

const excesses: readonly Excess[] = [
  {
    what: "the result of a step",
    program: (context) => context.step(async () => LARGE),
    size: LARGE.length + 2,
    limit: Limits.PAYLOAD_CHARACTERS,
  },
  {
    what: "the input of an invoke",
    program: (context) => context.invoke("named", "program", LARGE),
    size: LARGE.length + 2,
    limit: Limits.PAYLOAD_CHARACTERS,
  },
  {
    what: "the state of a condition",
    program: (context) =>
      context.waitForCondition(async () => LARGE, {
        initialState: "",
        waitStrategy: () => ({ shouldContinue: false }),
      }),
    size: LARGE.length + 2,
    limit: Limits.PAYLOAD_CHARACTERS,
  },
  {
    what: "the result of the execution",
    program: async () => LARGE,
    size: LARGE.length + 2,
    limit: Limits.PAYLOAD_CHARACTERS,
  },
  {
    what: "the name of a step",
    program: (context) => context.step("n".repeat(257), async () => 1),
    size: 257,
    limit: 256,
  },
  {
    what: "the sub type of a context",
    program: (context) => context.runInChildContext(async () => 1, { subType: "s".repeat(33) }),
    size: 33,
    limit: 32,
  },
  { what: "the name of a function", program: (context) => context.invoke("f".repeat(257)), size: 257, limit: 256 },
  {
    what: "a tenant",
    program: (context) => context.invoke("program", 1, { tenantId: "t".repeat(257) }),
    size: 257,
    limit: 256,
  },
  { what: "a wait", program: (context) => context.wait({ days: 367 }), size: 367 * 86_400, limit: Limits.SECONDS },
  {
    what: "a retry's delay",
    program: (context) =>
      context.step(async () => Promise.reject(new Error("no")), {
        retryStrategy: () => ({ shouldRetry: true, delay: { days: 400 } }),
      }),
    size: 400 * 86_400,
    limit: Limits.SECONDS,
  },
  {
    what: "a callback's timeout",
    program: (context) => context.createCallback({ timeout: { days: 400 } }),
    size: 400 * 86_400,
    limit: Limits.SECONDS,
  },
  {
    what: "a callback's heartbeat timeout",
    program: (context) => context.createCallback({ heartbeatTimeout: { days: 400 } }),
    size: 400 * 86_400,
    limit: Limits.SECONDS,
  },
];

describe("P12 the execution fails with the size and the limit, and nothing of it is written, of", () => {
  test.each(excesses)("$what", async ({ program, size, limit }) => {
    const world = new World({
      functions: programOf(async (context) => {
        await context.step("before", async () => "kept");
        await context.wait({ seconds: 1 });
        return program(context);
      }),
    });
    const { status, error } = await world.run();
    const { errorMessage } = error as { errorMessage: string };
    expect(status).toBe("FAILED");
    expect(errorMessage).toContain(`${size}`);
    expect(errorMessage).toContain(`${limit}`);
    const bodies = world.ledger.bodies(EXECUTION_ID);
    expect(bodies.join("").length).toBeLessThan(4000);
    const operations = bodies.flatMap((body) =>
      decodeCommit(body).facts.flatMap((fact) => ("id" in fact ? [fact.id] : [])),
    );
    expect(new Set(operations)).toEqual(new Set(["1", "2"]));
    expect(world.ledger.broken).toEqual([]);
  });
});

test("P12 an error that is too large for the log is cut, says how large it was, and can be caught", async () => {
  const message = "e".repeat(40_000);
  let attempts = 0;
  const world = new World({
    functions: programOf(async (context) => {
      const tooLarge = async (): Promise<number> => {
        if (++attempts === 2) return attempts;
        throw new RangeError(message);
      };
      const retried = await context.step(tooLarge, {
        retryStrategy: () => ({ shouldRetry: true, delay: { seconds: 1 } }),
      });
      const caught = await context.step(tooLarge, NO_RETRY).catch((error: unknown) => error);
      const inContext = await context.runInChildContext(tooLarge).catch((error: unknown) => error);
      expect([retried, (caught as Error).cause]).toMatchObject([2, { name: "RangeError" }]);
      for (const { message: kept } of [caught, inContext] as Error[]) {
        expect(kept).toMatch(/^e{20000,}… \[truncated: 40000 characters in all\]$/);
      }
      throw new RangeError(message);
    }),
  });
  const { status, error } = await world.run();
  expect(status).toBe("FAILED");
  expect(error).toMatchObject({
    errorType: "RangeError",
    errorMessage: expect.stringContaining("[truncated: 40000 characters in all]") as string,
  });
  for (const body of world.ledger.bodies(EXECUTION_ID)) expect(body.length).toBeLessThan(2 * Limits.ERROR_BYTES);
});

test("P12 operations lie 512 levels deep and no deeper, and the error names the limit", async () => {
  const nested = (context: DurableContext, depth: number): Promise<number> =>
    depth === 1 ? context.step(async () => 1) : context.runInChildContext((child) => nested(child, depth - 1));
  const run = (depth: number) => new World({ functions: programOf((context) => nested(context, depth)) }).run();
  expect(await run(512)).toMatchObject({ status: "SUCCEEDED", result: 1 });
  const { status, error } = await run(513);
  expect(status).toBe("FAILED");
  expect((error as Error & { errorMessage: string }).errorMessage).toContain(
    `Operation id is 1025 characters; the limit is ${Limits.POSITION_CHARACTERS}.`,
  );
});

describe("P12 what just fits is kept:", () => {
  test("a step's result and the execution's", async () => {
    const world = new World({
      functions: programOf(async (context) => {
        const value = await context.step(async () => JUST_FITS);
        await context.wait({ seconds: 1 });
        return value;
      }),
    });
    const { status, result } = await world.run();
    expect(status).toBe("SUCCEEDED");
    expect(result === JUST_FITS).toBe(true);
  });

  test("a name of 256 characters, a wait of 366 days", async () => {
    const world = new World({
      functions: programOf(async (context) => {
        await context.wait("n".repeat(256), { days: 366 });
        return "done";
      }),
      limitMs: 400 * 86_400_000,
    });
    expect((await world.run()).result).toBe("done");
  });
});

describe("P12 what comes from outside is refused whole:", () => {
  test("the input of an execution", async () => {
    const world = new World({ functions: programOf(async () => 1), input: `"${LARGE}"` });
    world.boot();
    await world.clock.settle();
    const refusal = world.errors[0] as Error;
    world.kill();
    expect(refusal).toMatchObject({ code: "InvalidParameterValueException" });
    expect(refusal.message).toContain(`${LARGE.length + 2}`);
    expect(refusal.message).toContain(`${Limits.PAYLOAD_CHARACTERS}`);
    expect(world.ledger.writes).toEqual([]);
  });

  test("the result and the error of a callback, which stays open", async () => {
    const functions = programOf(async (context) => {
      const [outcome] = await context.createCallback();
      return outcome;
    });
    const world = new World({ functions });
    await world.runUntil(() => (world.ledger.states.get(EXECUTION_ID)?.callbacks.size ?? 0) > 0);
    const [id = ""] = [...(world.ledger.states.get(EXECUTION_ID)?.callbacks.keys() ?? [])];
    const { length } = world.ledger.writes;
    // 262,144 bytes are allowed; a character may take three.
    const euros = "€".repeat(87_382);
    await expect(world.runner.completeCallback(id, { type: "SUCCEEDED", result: euros })).rejects.toThrow(
      /262146 .*262144/,
    );
    const error = { errorMessage: "e".repeat(33_000) };
    await expect(world.runner.completeCallback(id, { type: "FAILED", error })).rejects.toThrow(/32768/);
    expect(world.ledger.writes).toHaveLength(length);
    await world.runner.completeCallback(id, { type: "SUCCEEDED", result: euros.slice(1) });
    expect((await world.run()).result).toBe(euros.slice(1));
  });

  test("the error that stops an execution", async () => {
    const world = new World({ functions: programOf(async (context) => context.wait({ seconds: 9 })) });
    await world.runUntil(() => (world.ledger.states.get(EXECUTION_ID)?.timers.size ?? 0) > 0);
    await expect(world.runner.stop(EXECUTION_ID, { errorMessage: "e".repeat(33_000) })).rejects.toThrow(/32768/);
    expect((await world.run()).status).toBe("SUCCEEDED");
  });
});
