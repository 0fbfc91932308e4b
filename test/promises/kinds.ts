/**
 * The operations that the matrix of P3 combines. Each settles at a given time since the world began, whatever happens
 * on the way; the quick ones at once.
 */

import type { DurableContext } from "../../src/lambda-compat/types.ts";
import type { Answer, Env } from "./world.ts";

export interface Operand {
  readonly name: string;
  /** When it settles, in seconds since the world began; it is called when the world begins. */
  readonly at: number;
  readonly fails: boolean;
}

export interface Kind {
  readonly canFail: boolean;
  readonly call: (context: DurableContext, operand: Operand, env: Env) => Promise<unknown>;
}

const once = { retryStrategy: () => ({ shouldRetry: false }) };

function againIfInterrupted(error: Error): { shouldRetry: boolean } {
  return { shouldRetry: error.name === "StepInterruptedError" };
}

function outcomeOf({ name, fails }: Operand): string {
  if (fails) throw new Error(`${name} failed`);
  return `${name} done`;
}

async function slowly(operand: Operand, env: Env): Promise<string> {
  env.ran(operand.name);
  await env.until(operand.at * 1000);
  return outcomeOf(operand);
}

/** A child context's body: a step that is done at once, then one that takes its time. */
function body(operand: Operand, env: Env): (child: DurableContext) => Promise<string> {
  return async (child) => {
    await child.step(`${operand.name} first`, async () => env.ran(`${operand.name} first`));
    return child.step(
      `${operand.name} inside`,
      () => slowly({ ...operand, name: `${operand.name} inside` }, env),
      once,
    );
  };
}

/** Two items, of which the second one is done when the operand is. */
function items(operand: Operand): Operand[] {
  return [
    { name: `${operand.name} 0`, at: operand.at - 3, fails: false },
    { ...operand, name: `${operand.name} 1` },
  ];
}

async function settledBatch(batch: PromiseLike<{ throwIfError(): void; getResults(): unknown[] }>): Promise<unknown> {
  const result = await batch;
  result.throwIfError();
  return result.getResults();
}

export const kinds = {
  "quick step": {
    canFail: true,
    call: (context, operand, env) =>
      context.step(
        operand.name,
        async () => {
          env.ran(operand.name);
          return outcomeOf(operand);
        },
        once,
      ),
  },
  "slow step": {
    canFail: true,
    call: (context, operand, env) => context.step(operand.name, () => slowly(operand, env), once),
  },
  "at-most-once step": {
    canFail: true,
    call: (context, operand, env) =>
      context.step(
        operand.name,
        async ({ attempt }) => {
          env.ran(operand.name, attempt);
          await env.until(operand.at * 1000);
          return outcomeOf(operand);
        },
        { semantics: "AT_MOST_ONCE_PER_RETRY", retryStrategy: againIfInterrupted },
      ),
  },
  "retried step": {
    canFail: true,
    call: (context, operand, env) =>
      context.step(
        operand.name,
        async ({ attempt }) => {
          env.ran(operand.name);
          if (attempt === 1) throw new Error("not yet");
          return outcomeOf(operand);
        },
        { retryStrategy: (_error, attempt) => ({ shouldRetry: attempt === 1, delay: { seconds: operand.at } }) },
      ),
  },
  wait: { canFail: false, call: (context, { name, at }) => context.wait(name, { seconds: at }) },
  callback: {
    canFail: true,
    call: async (context, { name }) => {
      const [outcome] = await context.createCallback(name);
      return outcome;
    },
  },
  "submitted callback": {
    canFail: true,
    call: (context, { name }, env) => context.waitForCallback(name, async () => env.ran(`${name} submitter`)),
  },
  "callback that times out": {
    canFail: false,
    call: async (context, { name, at }) => {
      const [outcome] = await context.createCallback(`${name} unanswered`, { timeout: { seconds: at } });
      return outcome;
    },
  },
  "invoke of a function": {
    canFail: true,
    call: (context, operand) => context.invoke(operand.name, "plain", operand),
  },
  "invoke of an execution": {
    canFail: true,
    call: (context, operand) => context.invoke(operand.name, "durable", operand),
  },
  condition: {
    canFail: true,
    call: (context, operand, env) =>
      context.waitForCondition(
        operand.name,
        async () => {
          if (env.now() >= operand.at * 1000) return outcomeOf(operand);
          return "not yet";
        },
        {
          initialState: "not yet",
          waitStrategy: (state) =>
            state === "not yet" ? { shouldContinue: true, delay: { seconds: 2 } } : { shouldContinue: false },
        },
      ),
  },
  child: {
    canFail: true,
    call: (context, operand, env) => context.runInChildContext(operand.name, body(operand, env)),
  },
  "virtual child": {
    canFail: true,
    call: (context, operand, env) =>
      context.runInChildContext(operand.name, body(operand, env), { virtualContext: true }),
  },
  map: {
    canFail: true,
    call: (context, operand, env) =>
      settledBatch(
        context.map(operand.name, items(operand), (child, item) =>
          child.step(item.name, () => slowly(item, env), once),
        ),
      ),
  },
  parallel: {
    canFail: true,
    call: (context, operand, env) =>
      settledBatch(
        context.parallel(operand.name, [
          async (child) => child.wait(`${operand.name} wait`, { seconds: operand.at - 2 }),
          async (child) => body(operand, env)(child),
        ]),
      ),
  },
  "flat map": {
    canFail: true,
    call: (context, operand, env) =>
      settledBatch(
        context.map(
          operand.name,
          items(operand),
          (child, item) => child.step(item.name, () => slowly(item, env), once),
          {
            nesting: "FLAT",
          },
        ),
      ),
  },
  "durable all": {
    canFail: true,
    call: (context, operand, env) =>
      context.promise.all(
        operand.name,
        items(operand).map((item) => context.step(item.name, () => slowly(item, env), once)),
      ),
  },
} satisfies Readonly<Record<string, Kind>> as Readonly<Record<string, Kind>>;

/** The functions that the invokes call. */
export function callee(env: Env): (operand: Operand) => Promise<string> {
  return async (operand) => {
    await env.until(operand.at * 1000);
    return outcomeOf(operand);
  };
}

export function durableCallee(_env: Env): (operand: Operand, context: DurableContext) => Promise<string> {
  return async (operand, context) => {
    await context.wait({ seconds: operand.at });
    return outcomeOf(operand);
  };
}

/** What the outside says to the operand's callback, if it has one. */
export function answerTo({ at, name, fails }: Operand): Answer {
  return {
    at: at * 1000,
    outcome: fails
      ? { type: "FAILED", error: { errorMessage: `${name} failed` } }
      : { type: "SUCCEEDED", result: `"${name} done"` },
  };
}
