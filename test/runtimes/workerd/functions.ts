/** The functions of the tests. What runs outside durable operations is counted, so that replay can be seen. */

import { env } from "cloudflare:workers";
import { withDurableExecution } from "../../../src/lambda-compat/with-durable-execution.ts";
import type { Functions } from "../../../src/lambda-compat/functions.ts";
import { capabilities } from "../../corpus/capabilities.ts";
import { functionsOf, plainFunctions } from "../../corpus/workflows.ts";

/** How often each thing was done, by execution and name. Outlives objects: it belongs to the isolate. */
export const done = new Map<string, number>();

function count(what: string): number {
  const times = (done.get(what) ?? 0) + 1;
  done.set(what, times);
  return times;
}

interface Plan {
  /** Tells the counts of one test from those of another. */
  readonly key: string;
}

export const functions: Functions = {
  ...functionsOf((handler) => withDurableExecution(handler)),
  ...plainFunctions,
  ...capabilities,
  /** Three steps and nothing else. */
  greet: withDurableExecution(async ({ key }: Plan, context) => {
    count(`${key} runs`);
    const first = await context.step("first", async () => count(`${key} first`));
    const second = await context.step("second", async () => first + count(`${key} second`));
    return { second, third: await context.step("third", async () => second + count(`${key} third`)) };
  }),
  /** A step, a wait of a second, a step. */
  nap: withDurableExecution(async ({ key }: Plan, context) => {
    count(`${key} runs`);
    await context.step("before", async () => count(`${key} before`));
    await context.wait("nap", { seconds: 1 });
    await context.step("after", async () => count(`${key} after`));
    return "rested";
  }),
  /** Says how far it is. */
  tagged: withDurableExecution(async ({ key }: Plan, context) => {
    context.setTags({ key, stage: "begun" });
    await context.wait("nap", { seconds: 1 });
    context.setTags({ stage: "done" });
    return "rested";
  }),
  /** Waits for somebody outside. */
  approve: withDurableExecution(async ({ key }: Plan, context) => {
    count(`${key} runs`);
    await context.step("prepare", async () => count(`${key} prepare`));
    const answer = await context.waitForCallback("approval", async () => {
      count(`${key} submit`);
    });
    await context.step("finish", async () => count(`${key} finish`));
    return answer;
  }),
  /** Says what it does, in both attempts of a step and outside of it, and writes as many long lines as asked for. */
  chatty: withDurableExecution(async ({ key, times = 0 }: Plan & { readonly times?: number }, context) => {
    context.logger.info("begun", { key });
    await context.step(
      "try",
      async ({ logger }) => {
        const attempt = count(`${key} try`);
        logger.warn(`attempt ${attempt}`);
        if (attempt === 1) throw new Error("not yet");
      },
      { retryStrategy: (_, attempt) => ({ shouldRetry: attempt === 1, delay: { seconds: 1 } }) },
    );
    for (let at = 1; at <= times; at++) context.logger.info(`${at} ${"x".repeat(1000)}`);
    const answer = await context.waitForCallback("approval", async (id, { logger }) => {
      logger.info(`ask with ${id}`);
      count(`${key} submit`);
    });
    context.logger.error("answered");
    return answer;
  }),
  /** A step that takes until `release` is called. */
  slow: withDurableExecution(async ({ key }: Plan, context) => {
    count(`${key} runs`);
    return context.step("long", async () => {
      const attempt = count(`${key} long`);
      await new Promise<void>((resolve) => releases.set(`${key} ${attempt}`, resolve));
      return attempt;
    });
  }),
  /** Calls the others. */
  parent: withDurableExecution(async ({ key }: Plan, context) => {
    const child = await context.invoke<Plan, { third: number }>("child", "greet", { key: `${key} child` });
    const plain = await context.invoke<Plan, string>("plain", "plain", { key: `${key} plain` });
    return [child.third, plain];
  }),
  /** One of everything. */
  saga: withDurableExecution(async ({ key }: Plan, context) => {
    const a = await context.step("a", async () => count(`${key} a`));
    await context.wait("pause", { seconds: 1 });
    const both = await Promise.all([
      context.step("b1", async () => count(`${key} b1`)),
      context.step("b2", async () => count(`${key} b2`)),
    ]);
    const inner = await context.runInChildContext("inner", async (child) =>
      child.step("c", async () => count(`${key} c`)),
    );
    const greeted = await context.invoke<Plan, { third: number }>("greet", "greet", { key: `${key} greeted` });
    const answer = await context.waitForCallback("approval", async () => {
      count(`${key} submit`);
    });
    const d = await context.step("d", async () => count(`${key} d`));
    return { answer, steps: [a, ...both, inner, d].length, greeted: typeof greeted.third };
  }),
  plain: async ({ key }: Plan) => `hello ${key}`,
  /** Reads a binding the Workers way. */
  bound: withDurableExecution(async (_: Plan, context) =>
    context.step("read", async () => JSON.parse(env.PERDURE_CREDENTIALS).length as number),
  ),
  fails: withDurableExecution(async (_: Plan, context) => {
    await context.step(
      "broken",
      async () => {
        throw new RangeError("too far");
      },
      { retryStrategy: () => ({ shouldRetry: false }) },
    );
  }),
  /** Keeps what it got, many times over and all at once. */
  many: withDurableExecution(async ({ text, times }: { text: string; times: number }, context) => {
    const steps = Array.from({ length: times }, (_, at) => context.step(`text ${at}`, async () => text));
    const texts = await Promise.all(steps);
    return texts.reduce((length, { length: more }) => length + more, 0);
  }),
  /** As many steps as asked for. */
  steps: withDurableExecution(async ({ steps }: { steps: number }, context) => {
    let sum = 0;
    for (let at = 0; at < steps; at++) sum += await context.step(`s${at}`, async () => at);
    return sum;
  }),
};

/** Lets the step `long` of `slow` go on: by key and attempt. */
export const releases = new Map<string, () => void>();
