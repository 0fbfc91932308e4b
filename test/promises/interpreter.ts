/** Runs a random program as a durable handler. */

import type { DurableContext } from "../../src/lambda-compat/types.ts";
import type { Functions } from "../../src/lambda-compat/functions.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { seededRandom } from "../../src/testing/seeded-random.ts";
import type { Body, Leaf, Program, Statement } from "./program.ts";
import type { Answer, Env } from "./world.ts";

/** The shortest time that anything takes, in seconds: far more than all that faults may add. */
const UNIT_S = 10_000;
/** With so many durations, each twice the one before, the longest wait allowed is not exceeded by all together. */
const DURATIONS = 11;
const LARGE = "x".repeat(263_000);

/** What takes part in a run that is not part of the program. */
interface Labelled {
  readonly label: string;
  /** Undefined when there are no durations left: then it is done at once, or left out. */
  readonly seconds: number | undefined;
}

type Labels = ReadonlyMap<Statement, Labelled>;

export interface Runnable {
  readonly functions: (env: Env) => Functions;
  readonly answers: Readonly<Record<string, Answer>>;
}

export function runnable(program: Program): Runnable {
  const labels = labelsOf(program);
  const answers: Record<string, Answer> = {};
  for (const [statement, { label, seconds }] of labels) {
    if (statement.type === "callback" && seconds !== undefined) answers[label] = answerOf(statement, label, seconds);
  }
  return {
    answers,
    functions: (env) => ({
      program: withDurableExecution((_event, context) => new Run(labels, env).run(program.body, context)),
      plain: async ({ label, seconds, fails }: Call) => {
        await env.service(label, seconds * 1000);
        return outcome(label, fails);
      },
      durable: withDurableExecution(async ({ label, seconds, fails }: Call, context) => {
        await context.wait({ seconds });
        return outcome(label, fails);
      }),
    }),
  };
}

interface Call {
  readonly label: string;
  readonly seconds: number;
  readonly fails: boolean;
}

/** Gives every statement a name and, as far as they go, a duration of its own. */
function labelsOf({ body, order }: Program): Labels {
  const random = seededRandom(order);
  const seconds = Array.from({ length: DURATIONS }, (_, exponent) => UNIT_S * 2 ** exponent);
  const labels = new Map<Statement, Labelled>();
  const visit = (statements: Body): void => {
    for (const statement of statements) {
      const takesTime = statement.type !== "quick step" && isLeaf(statement);
      const duration = takesTime ? seconds.splice(random.below(seconds.length), 1)[0] : undefined;
      labels.set(statement, { label: `n${labels.size}`, seconds: duration });
      for (const inner of bodiesOf(statement)) visit(inner);
    }
  };
  visit(body);
  return labels;
}

function isLeaf(statement: Statement): statement is Statement & Leaf {
  return bodiesOf(statement).length === 0;
}

function bodiesOf(statement: Statement): readonly Body[] {
  switch (statement.type) {
    case "child":
    case "spawn":
      return [statement.body];
    case "batch":
      return statement.items;
    case "gather":
      return statement.branches;
    case "choose":
      return statement.ways;
    default:
      return [];
  }
}

function answerOf({ fails }: { fails: boolean }, label: string, seconds: number): Answer {
  return {
    after: seconds * 1000,
    outcome: fails
      ? { type: "FAILED", error: { errorMessage: `${label} failed` } }
      : { type: "SUCCEEDED", result: `"${label}"` },
  };
}

function outcome(label: string, fails: boolean): string {
  if (fails) throw new Error(`${label} failed`);
  return label;
}

/** Without a duration left, everything is a quick step. */
const QUICK: Leaf = { type: "quick step", fails: false };

/**
 * The code that shares one trace. A recorded context has one of its own, which its value carries: once it is complete
 * its code does not run again. What runs again on replay, virtual contexts and large ones, writes to the trace around.
 */
class Run {
  readonly #labels: Labels;
  readonly #env: Env;
  /** What user code saw, in the order in which it saw it. */
  readonly #trace: string[] = [];

  constructor(labels: Labels, env: Env) {
    this.#labels = labels;
    this.#env = env;
  }

  async run(body: Body, context: DurableContext): Promise<unknown> {
    const value = await this.#body(body, context);
    return { value, trace: this.#trace };
  }

  /** With a trace of its own. */
  async #apart(body: Body, context: DurableContext): Promise<string> {
    const { value, trace } = (await new Run(this.#labels, this.#env).run(body, context)) as {
      value: string;
      trace: string[];
    };
    return `${value} after ${trace.join()}`;
  }

  /** Never fails: the code of a context that failed does not run again, whatever its size. */
  async #large(body: Body, context: DurableContext): Promise<string> {
    const value = await this.#body(body, context).catch((error: Error) => `caught ${error.message}`);
    return value + LARGE;
  }

  async #body(body: Body, context: DurableContext): Promise<string> {
    const joined: Promise<unknown>[] = [];
    let last = "";
    for (const statement of body) {
      const { label } = this.#labels.get(statement) as Labelled;
      for (let hop = 0; hop < statement.hops; hop++) await Promise.resolve();
      try {
        last = short(await this.#statement(statement, context, joined));
        this.#trace.push(`${label}=${last}`);
      } catch (error) {
        this.#trace.push(`${label}!${(error as Error).name}:${(error as Error).message}`);
        if (!statement.isCaught) throw error;
      }
    }
    await Promise.allSettled(joined);
    return last;
  }

  #statement(statement: Statement, context: DurableContext, joined: Promise<unknown>[]): Promise<unknown> {
    const { label, seconds } = this.#labels.get(statement) as Labelled;
    switch (statement.type) {
      case "child":
        return this.#child(statement, context, label);
      case "batch":
        return this.#batch(statement, context, label);
      case "gather":
        return this.#gather(statement, context, label);
      case "spawn": {
        const spawned = this.#body(statement.body, context);
        spawned.catch(() => undefined);
        if (statement.isJoined) joined.push(spawned);
        return Promise.resolve("spawned");
      }
      case "choose":
        return this.#body(statement.ways[this.#trace.length % 2 === 0 ? 0 : 1], context);
      default:
        return this.#leaf(seconds === undefined ? QUICK : statement, context, { label, seconds: seconds ?? 0 });
    }
  }

  #leaf(leaf: Leaf, context: DurableContext, { label, seconds }: { label: string; seconds: number }): Promise<unknown> {
    const env = this.#env;
    switch (leaf.type) {
      case "quick step":
        return context.step(label, async () => this.#ran(label, leaf.fails), NO_RETRY);
      case "slow step": {
        const slow = async ({ attempt }: { attempt: number }): Promise<string> => {
          env.ran(label, leaf.atMostOnce ? attempt : undefined);
          await env.service(label, seconds * 1000);
          return outcome(label, leaf.fails);
        };
        return context.step(label, slow, leaf.atMostOnce ? AGAIN_IF_INTERRUPTED : NO_RETRY);
      }
      case "retried step": {
        const again = async ({ attempt }: { attempt: number }): Promise<string> => {
          env.ran(label);
          if (attempt === 1) throw new Error("not yet");
          return outcome(label, leaf.fails);
        };
        return context.step(label, again, {
          retryStrategy: (_e, attempt) => ({ shouldRetry: attempt === 1, delay: { seconds } }),
        });
      }
      case "wait":
        return context.wait(label, { seconds });
      case "callback":
        return this.#callback(leaf, context, label);
      case "invoke":
        return context.invoke(label, leaf.isDurable ? "durable" : "plain", { label, seconds, fails: leaf.fails });
      case "condition":
        return context.waitForCondition(label, async (state: number) => state + 1, {
          initialState: 0,
          waitStrategy: (state) =>
            state < 2 ? { shouldContinue: true, delay: { seconds } } : { shouldContinue: false },
        });
    }
  }

  async #callback({ isSubmitted }: { isSubmitted: boolean }, context: DurableContext, label: string): Promise<unknown> {
    if (isSubmitted) return context.waitForCallback(label, async () => this.#env.ran(`${label} submitted`));
    const [outside] = await context.createCallback(label);
    this.#trace.push(`${label} opened`);
    return outside;
  }

  async #child(
    { body, kind }: Extract<Statement, { type: "child" }>,
    context: DurableContext,
    label: string,
  ): Promise<unknown> {
    const run = (child: DurableContext): Promise<string> => {
      if (kind === "recorded") return this.#apart(body, child);
      return kind === "large" ? this.#large(body, child) : this.#body(body, child);
    };
    return context.runInChildContext(label, run, kind === "virtual" ? { virtualContext: true } : {});
  }

  async #batch(
    { items, maxConcurrency, minSuccessful, kind }: Extract<Statement, { type: "batch" }>,
    context: DurableContext,
    label: string,
  ): Promise<unknown> {
    const isLarge = kind === "large" || kind === "large flat";
    const batch = await context.map(
      label,
      [...items],
      async (child, item, index) => {
        if (!isLarge) return this.#apart(item, child);
        this.#trace.push(`${label}.${index}`);
        return this.#large(item, child);
      },
      {
        ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
        ...(minSuccessful === undefined ? {} : { completionConfig: { minSuccessful } }),
        ...(kind === "flat" || kind === "large flat" ? { nesting: "FLAT" } : {}),
      },
    );
    const statuses = batch.all.map(({ status, result, error }) => `${status}:${error?.message ?? short(result)}`);
    return `${batch.completionReason} ${statuses.join()}`;
  }

  async #gather(
    { how, branches }: Extract<Statement, { type: "gather" }>,
    context: DurableContext,
    label: string,
  ): Promise<unknown> {
    if (how === "durable all" || how === "durable race") {
      const operations = branches.map((branch, index) =>
        context.runInChildContext(`${label} branch ${index}`, (child) => this.#apart(branch, child)),
      );
      return how === "durable all" ? context.promise.all(label, operations) : context.promise.race(label, operations);
    }
    return gather(
      how,
      branches.map((branch) => this.#body(branch, context)),
    );
  }

  #ran(label: string, fails: boolean): string {
    this.#env.ran(label);
    return outcome(label, fails);
  }
}

const NO_RETRY = { retryStrategy: () => ({ shouldRetry: false }) };
const AGAIN_IF_INTERRUPTED = {
  semantics: "AT_MOST_ONCE_PER_RETRY" as const,
  retryStrategy: (error: Error) => ({ shouldRetry: error.name === "StepInterruptedError" }),
};

async function gather(
  how: "all" | "any" | "race" | "allSettled",
  promises: readonly Promise<string>[],
): Promise<unknown> {
  if (how === "all") return Promise.all(promises);
  if (how === "any") return Promise.any(promises);
  if (how === "race") return Promise.race(promises);
  const settled = await Promise.allSettled(promises);
  return settled.map((each) => (each.status === "fulfilled" ? each.value : (each.reason as Error).message));
}

/** What is seen of a value: not all of the large ones. */
function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  if (text.length <= 100) return text;
  let hash = 0;
  const seen = text.replaceAll(LARGE, "...");
  for (let index = 0; index < seen.length; index++) hash = (Math.imul(hash, 31) + seen.charCodeAt(index)) | 0;
  return `${seen.slice(0, 60)}...${text.length} #${hash}`;
}
