/**
 * P1 to P3 for what lost a race and was left behind in a context that has ended: no function of it runs again, whether
 * the context has a record of its own or not, and nobody waits for it.
 */

import { describe, expect, test } from "vitest";
import type { DurableContext } from "../../src/lambda-compat/types.ts";
import { commitOf, type Write } from "./ledger.ts";
import { replayFaults } from "./replay-faults.ts";
import { type Env, EXECUTION_ID, programOf, World, type WorldOptions } from "./world.ts";

type Body = (child: DurableContext) => Promise<unknown>;
type Place = (context: DurableContext, body: Body) => Promise<unknown>;
type Leave = (child: DurableContext, env: Env) => Promise<unknown>;

const RETRIED = { retryStrategy: () => ({ shouldRetry: true, delay: { seconds: 2 } }) };
const ONCE = { semantics: "AT_MOST_ONCE_PER_RETRY" as const, ...RETRIED };

/** Contexts in which something is left behind. The first two have a record. */
const places: Readonly<Record<string, Place>> = {
  "a child context": (context, body) => context.runInChildContext("context", body),
  "an item of a map": (context, body) => context.map("map", [1], (child) => body(child)),
  "a virtual context": (context, body) => context.runInChildContext("context", body, { virtualContext: true }),
  "an item of a flat map": (context, body) => context.map("map", [1], (child) => body(child), { nesting: "FLAT" }),
  "a branch of a flat parallel": (context, body) => context.parallel("parallel", [body], { nesting: "FLAT" }),
  "an item of a flat map whose other item goes on": (context, body) =>
    context.map(
      "map",
      [1, 2],
      async (child, item) => {
        if (item === 1) return body(child);
        for (let round = 0; round < 3; round++) await child.wait({ seconds: 2 });
        return 0;
      },
      { nesting: "FLAT" },
    ),
  "a child of a virtual context": (context, body) =>
    context.runInChildContext(
      "context",
      async (child) => {
        void child.runInChildContext("inner", body);
        await child.wait({ seconds: 2 });
      },
      { virtualContext: true },
    ),
};

async function slow(env: Env): Promise<void> {
  env.ran("left");
  await env.service("left", 5000);
}

async function failing(env: Env): Promise<never> {
  env.ran("left");
  throw new Error("not yet");
}

const leftovers: Readonly<Record<string, Leave>> = {
  "a step": (child, env) => child.step("left", async () => slow(env)),
  "an at-most-once step": (child, env) => child.step("left", async () => slow(env), ONCE),
  "a step between two attempts": (child, env) => child.step("left", async () => failing(env), RETRIED),
  "an at-most-once step between two attempts": (child, env) => child.step("left", async () => failing(env), ONCE),
  "a condition between two checks": (child, env) =>
    child.waitForCondition("left", async (round: number) => (env.ran("left"), round), {
      initialState: 0,
      waitStrategy: () => ({ shouldContinue: true, delay: { seconds: 2 } }),
    }),
  "a wait": (child) => child.wait("left", { seconds: 2 }),
  "a callback": async (child) => (await child.createCallback("left"))[0],
  "an invoke": (child) => child.invoke("left", "callee"),
  "a wait that a replay does not come to call": async (child, env) => {
    await env.until(env.now() + 500);
    return child.wait("left", { seconds: 2 });
  },
};

function worldOf(place: Place, leave: Leave): WorldOptions {
  const program = programOf(async (context, env) => {
    const trace: string[] = [];
    await place(context, async (child) => {
      const left = leave(child, env).then(() => trace.push("left"));
      await Promise.race([left, child.wait("deadline", { seconds: 1 })]);
      return 1;
    });
    trace.push("ended");
    for (let round = 0; round < 3; round++) await context.wait({ seconds: 3 });
    trace.push(await context.step("after", async () => "after"));
    return trace;
  });
  return {
    functions: (env) => ({ ...program(env), callee: async () => env.service("callee", 4000) }),
    answers: { left: { after: 4000, outcome: { type: "SUCCEEDED", result: '"late"' } } },
  };
}

function runsOfLeft({ runs }: World): number {
  return runs.filter(({ name }) => name === "left").length;
}

/** True once the result that ends the context is recorded. */
function isEnded(prefix: readonly Write[]): boolean {
  let deadline: string | undefined;
  for (const write of prefix) {
    if (!("body" in write) || !("id" in write) || write.id !== EXECUTION_ID) continue;
    for (const fact of commitOf(write).facts) {
      if (fact.kind === "STARTED" && fact.name === "deadline") deadline = fact.id;
      if (fact.kind === "SUCCEEDED" && fact.id === deadline) return true;
    }
  }
  return false;
}

for (const [where, place] of Object.entries(places)) {
  describe(`left behind in ${where}`, () => {
    for (const [what, leave] of Object.entries(leftovers)) {
      const options = worldOf(place, leave);

      test(`${what} changes nothing, wherever the process crashes`, async () => {
        expect(await replayFaults(options)).toEqual([]);
      });

      test(`${what} runs no function again, wherever the process crashes`, async () => {
        const cold = new World({ ...options, parks: false });
        await cold.run();
        expect(runsOfLeft(cold)).toBeLessThanOrEqual(1);
        const { writes } = cold.ledger;
        const again: string[] = [];
        for (let length = 2; length < writes.length - 1; length++) {
          const prefix = writes.slice(0, length);
          const world = new World({ ...options, prefix, parks: false, checksInvariants: false });
          await world.run();
          const most = isEnded(prefix) ? 0 : 1;
          if (runsOfLeft(world) > most) again.push(`${runsOfLeft(world)} times after ${length} writes`);
        }
        expect(again).toEqual([]);
      });
    }
  });
}
