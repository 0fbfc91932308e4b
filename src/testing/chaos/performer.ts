import type { Host } from "../../engine/ports/host.ts";
import { CallbackTimeoutError } from "../../engine/model/errors.ts";
import type { DurableContext } from "../../lambda-compat/types.ts";
import type { Act, Program, SimpleAct } from "./act.ts";

/** The reports of one invocation about its work. */
export interface Deeds {
  /** Called by the function of an operation as it runs. */
  ran(operation: string, attempt: { number: number; atMostOnce: boolean }): void;
  /** Called with each result as it reaches the handler: every invocation has to see the same, in the same order. */
  saw(what: string, value: unknown): void;
}

/** The input of a plain function. */
export interface PlainCall {
  readonly incarnation: string;
  readonly tag: string;
  readonly name: string;
  readonly takesMs: number;
}

type StepAct = Extract<SimpleAct, { act: "step" }>;
type CallbackAct = Extract<SimpleAct, { act: "callback" | "waitForCallback" }>;
type BatchAct = Extract<Act, { act: "map" | "parallel" }>;

export interface PerformerOptions {
  readonly program: Program;
  readonly incarnation: string;
  readonly deeds: Deeds;
  readonly host: Pick<Host, "now" | "timer">;
}

const quiet = (): void => undefined;
const SILENT = { error: quiet, warn: quiet, info: quiet, debug: quiet };

/** Performs a program in one invocation. */
export class Performer {
  readonly #options: PerformerOptions;

  constructor(options: PerformerOptions) {
    this.#options = options;
  }

  /** Performs the whole. The programs leave operations behind on purpose: nobody wants to read of that. */
  run(context: DurableContext): Promise<unknown[]> {
    context.configureLogger({ customLogger: SILENT });
    return this.perform(context, this.#options.program.acts);
  }

  async perform(context: DurableContext, acts: readonly Act[]): Promise<unknown[]> {
    const values: unknown[] = [];
    for (const act of acts) values.push((await this.#one(context, act)) ?? null);
    return values;
  }

  #one(context: DurableContext, act: Act): Promise<unknown> {
    switch (act.act) {
      case "child":
      case "virtual":
        return this.#context(context, act);
      case "invoke":
        return this.#invoke(context, act);
      case "map":
      case "parallel":
        return this.#batch(context, act);
      case "graph":
        return this.#graph(context, act);
      case "contexts":
        return this.#contexts(context, act);
      case "loser":
        void this.#simple(context, act.operation);
        return Promise.resolve();
      default:
        return this.#simple(context, act);
    }
  }

  async #simple(context: DurableContext, act: SimpleAct): Promise<unknown> {
    const value = (await this.#outcome(context, act)) ?? null;
    this.#options.deeds.saw(act.name, value);
    return value;
  }

  #outcome(context: DurableContext, act: SimpleAct): Promise<unknown> | PromiseLike<unknown> {
    switch (act.act) {
      case "step":
        return this.#step(context, act);
      case "wait":
        return context.wait(act.name, { seconds: act.seconds });
      case "poll":
        return context.waitForCondition(act.name, async (round: number) => round + 1, {
          initialState: 0,
          waitStrategy: (round) =>
            round < act.rounds ? { shouldContinue: true, delay: { seconds: 2 } } : { shouldContinue: false },
        });
      case "plain":
        return this.#plain(context, act);
      default:
        return this.#callback(context, act);
    }
  }

  #step(context: DurableContext, act: StepAct): PromiseLike<string> {
    const { name, takesMs, failures, atMostOnce, mostAttempts } = act;
    const run = async ({ attempt }: { attempt: number }): Promise<string> => {
      this.#options.deeds.ran(name, { number: attempt, atMostOnce });
      if (takesMs > 0) await this.#sleep(takesMs);
      if (attempt <= failures) throw new Error(`${name} fails in attempt ${attempt}`);
      return this.#value(name);
    };
    return context
      .step(name, run, {
        semantics: atMostOnce ? "AT_MOST_ONCE_PER_RETRY" : "AT_LEAST_ONCE_PER_RETRY",
        // Crashes use attempts up as failures do.
        retryStrategy: (_error, attempt) =>
          mostAttempts !== undefined && attempt >= mostAttempts
            ? { shouldRetry: false }
            : { shouldRetry: true, delay: { seconds: 1 } },
      })
      .catch(() => `failed:${name}`);
  }

  async #callback(context: DurableContext, act: CallbackAct): Promise<string> {
    const { name, timeoutSeconds, heartbeatSeconds } = act;
    const config = {
      ...(timeoutSeconds !== undefined && { timeout: { seconds: timeoutSeconds } }),
      ...(heartbeatSeconds !== undefined && { heartbeatTimeout: { seconds: heartbeatSeconds } }),
    };
    try {
      if (act.act === "waitForCallback") return await context.waitForCallback(name, async () => undefined, config);
      const [answer] = await context.createCallback(name, config);
      return await answer;
    } catch (error) {
      return isTimeout(error) ? `timed out:${name}` : (error as Error).message;
    }
  }

  #plain(context: DurableContext, { name, takesMs }: { name: string; takesMs: number }): PromiseLike<string> {
    const { incarnation, program } = this.#options;
    return context.invoke<PlainCall, string>(name, "plain", { incarnation, tag: program.tag, name, takesMs });
  }

  #invoke(context: DurableContext, { name, acts }: Extract<Act, { acts: unknown }>): Promise<unknown> {
    const tag = `${this.#options.program.tag}/${name}`;
    return this.#seen(name, context.invoke<Program, unknown>(name, "main", { tag, acts }));
  }

  #context(context: DurableContext, act: Extract<Act, { acts: unknown }>): Promise<unknown> {
    const { name, acts } = act;
    const virtualContext = act.act === "virtual";
    return this.#seen(
      name,
      context.runInChildContext(name, (child) => this.perform(child, acts), { virtualContext }),
    );
  }

  async #batch(context: DurableContext, act: BatchAct): Promise<unknown> {
    const { name, branches, nesting, maxConcurrency, enough } = act;
    const config = {
      nesting,
      ...(maxConcurrency !== undefined && { maxConcurrency }),
      ...(enough !== undefined && { completionConfig: { minSuccessful: enough } }),
    };
    const perform = async (child: DurableContext, index: number): Promise<unknown> => ({
      index,
      values: await this.perform(child, branches[index] ?? []),
    });
    const batch =
      act.act === "map"
        ? context.map(name, [...branches.keys()], (child, index) => perform(child, index), config)
        : context.parallel(
            name,
            branches.map((_, index) => (child: DurableContext) => perform(child, index)),
            config,
          );
    return this.#seen(
      name,
      batch.then((result) => result.getResults()),
    );
  }

  async #graph(context: DurableContext, act: Extract<Act, { act: "graph" }>): Promise<unknown> {
    const begun = act.operations.map((operation) => this.#simple(context, operation));
    const indexed = begun.map((value, index) => value.then(() => index));
    switch (act.join) {
      case "race":
        return this.#seen(act.name, Promise.race(indexed));
      case "any":
        return this.#seen(act.name, Promise.any(indexed));
      case "all":
        return this.#seen(act.name, Promise.all(begun));
      case "allSettled": {
        const settled = await Promise.allSettled(begun);
        return this.#seen(act.name, Promise.resolve(settled.map((one) => ("value" in one ? one.value : null))));
      }
    }
  }

  #contexts(context: DurableContext, act: Extract<Act, { act: "contexts" }>): Promise<unknown> {
    const { name, branches, isVirtual, join } = act;
    const begun = branches.map((branch, index) =>
      context.runInChildContext(
        `${name}.${index}`,
        async (child) => ({ index, values: await this.perform(child, branch) }),
        { virtualContext: isVirtual },
      ),
    );
    if (join === "all") return this.#seen(name, Promise.all(begun));
    return this.#seen(name, Promise.race(begun.map((one, index) => one.then(() => index))));
  }

  async #seen(name: string, result: PromiseLike<unknown>): Promise<unknown> {
    const value = await result;
    this.#options.deeds.saw(name, value);
    return value;
  }

  #value(name: string): string {
    return `${this.#options.program.tag}:${name}`;
  }

  #sleep(ms: number): Promise<void> {
    const { host } = this.#options;
    return new Promise((resolve) => {
      host.timer(host.now() + ms, resolve);
    });
  }
}

/** A `waitForCallback` fails with what its callback failed with, as it is or as the cause of its own failure. */
function isTimeout(error: unknown): boolean {
  if (error instanceof CallbackTimeoutError) return true;
  const cause = (error as { cause?: unknown }).cause;
  return cause instanceof Error && (cause instanceof CallbackTimeoutError || cause.name === "CallbackTimeoutError");
}
