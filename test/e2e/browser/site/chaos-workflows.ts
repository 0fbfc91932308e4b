/**
 * Workflows that between them use what the API has, each of them small. Every step asks the server, which answers with
 * what was asked for and how often.
 */

import { type DurableContext, type DurableLambdaHandler, StepError, withDurableExecution } from "perdure";

declare global {
  /** The step that runs in this tab, or ran last. */
  var asking: string | undefined;
}

/** The name of the execution, which the server counts under. */
export function nameOf({ executionContext }: DurableContext): string {
  return executionContext.durableExecutionArn.split("/").at(-2) ?? "";
}

export async function ask(target: string): Promise<string> {
  globalThis.asking = target;
  const response = await fetch(`/steps/${target}`, { method: "POST" });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response.text();
}

const patient = { retryStrategy: () => ({ shouldRetry: true, delay: { seconds: 1 } }) };

/** Steps and waits, one after the other. */
const chain = withDurableExecution(async (steps: number, context: DurableContext) => {
  const name = nameOf(context);
  const answers: string[] = [];
  for (let at = 1; at <= steps; at++) {
    answers.push(await context.step(`step-${at}`, () => ask(`${name}/step-${at}`), patient));
    if (at % 2 === 0) await context.wait({ seconds: 1 });
  }
  return answers;
});

/** Several at a time, of which some fail at first, beside a branch that waits. */
const gather = withDurableExecution(async (count: number, context: DurableContext) => {
  const name = nameOf(context);
  const items = Array.from({ length: count }, (_, at) => (at % 3 === 2 ? `flaky-${at}` : `item-${at}`));
  const [mapped, late] = await Promise.all([
    context.map("items", items, (child, item) => child.step(item, () => ask(`${name}/${item}`), patient), {
      maxConcurrency: 2,
    }),
    context.runInChildContext("late", async (child) => {
      await child.wait({ seconds: 2 });
      return child.step("late", () => ask(`${name}/late`), patient);
    }),
  ]);
  return [...mapped.getResults(), late];
});

/** A callback against the clock: whichever came first must have come first in every replay. */
const contest = withDurableExecution(async (seconds: number, context: DurableContext) => {
  const name = nameOf(context);
  const answer = context.waitForCallback("answer", () => ask(`${name}/submit`).then(() => undefined), patient);
  const winner = await Promise.race([
    answer.then((text) => `answer:${text}`),
    context.wait("limit", { seconds }).then(() => "limit"),
  ]);
  const [kind = ""] = winner.split(":");
  const told = await context.step(`won-by-${kind}`, () => ask(`${name}/won-by-${kind}`), patient);
  return [winner, told];
});

/** A callback that somebody must complete. */
const consent = withDurableExecution(async (_: unknown, context: DurableContext) => {
  const name = nameOf(context);
  const answer = await context.waitForCallback("answer", () => ask(`${name}/submit`).then(() => undefined), patient);
  return [answer, await context.step("consented", () => ask(`${name}/consented`), patient)];
});

/** Steps that must not run twice: one that was cut off is passed over. */
const careful = withDurableExecution(async (steps: number, context: DurableContext) => {
  const name = nameOf(context);
  const outcomes: string[] = [];
  for (let at = 1; at <= steps; at++) {
    const once = context.step(`once-${at}`, () => ask(`${name}/once-${at}`), {
      semantics: "AT_MOST_ONCE_PER_RETRY",
      retryStrategy: () => ({ shouldRetry: false }),
    });
    outcomes.push(await once.then(undefined, lost));
  }
  return outcomes;
});

function lost(error: unknown): string {
  if (error instanceof StepError) return "lost";
  throw error;
}

/** Asks again and again, then has another workflow do the rest. */
const delegate = withDurableExecution(async (polls: number, context: DurableContext) => {
  const name = nameOf(context);
  const seen = await context.waitForCondition(
    "poll",
    async (rounds: number) => {
      // What is asked for once may be asked for again in the same round after a crash: only rounds are counted.
      await ask(`${name}/flaky-poll`).catch(() => "");
      return rounds + 1;
    },
    {
      initialState: 0,
      waitStrategy: (rounds) =>
        rounds < polls ? { shouldContinue: true, delay: { seconds: 1 } } : { shouldContinue: false },
    },
  );
  const rest = await context.invoke<number, string[]>("rest", "chain", 3);
  return [seen, rest.length];
});

export const chaosWorkflows: Readonly<Record<string, DurableLambdaHandler>> = {
  chain,
  gather,
  contest,
  consent,
  careful,
  delegate,
};
