import type { Serdes } from "../engine/ports/serdes.ts";
import type { RetryVerdict, RunningAttempts, StepOptions } from "../engine/replay/operations/step.ts";
import { readSeconds, toSeconds } from "./duration.ts";
import { called, requireDecision } from "./invalid-argument.ts";
import { isDevelopment } from "./platform.ts";
import { retryPresets } from "./retry-strategy.ts";
import type { DurableContextLogger, DurableLogger, StepConfig, StepContext, StepFunc } from "./types.ts";

const RETRY_DECISIONS = "{ shouldRetry: false } or { shouldRetry: true, delay: { seconds: 5 } }";

/** The surroundings of a step, from the context that it is called on. */
export interface StepSurroundings<T, TLogger> {
  readonly name: string | undefined;
  readonly logger: TLogger;
  readonly serdes: Serdes<T>;
}

/** A step as AWS's API describes it, in the terms of the engine. */
export class StepCall<T, TLogger extends DurableLogger> implements StepOptions<T> {
  readonly subType: string;
  readonly name: string | undefined;
  readonly serdes: Serdes<T>;
  readonly timeoutMs: number | undefined;
  readonly #fn: StepFunc<T, TLogger>;
  readonly #config: StepConfig<T> | undefined;
  readonly #logger: TLogger;

  constructor(fn: StepFunc<T, TLogger>, config: StepConfig<T> | undefined, around: StepSurroundings<T, TLogger>) {
    this.name = around.name;
    this.subType = config?.subType ?? "Step";
    this.serdes = around.serdes;
    this.timeoutMs = config?.timeout === undefined ? undefined : toSeconds(config.timeout) * 1000;
    this.#fn = fn;
    this.#config = config;
    this.#logger = around.logger;
  }

  get atMostOnce(): boolean {
    return this.#config?.semantics === "AT_MOST_ONCE_PER_RETRY";
  }

  run(attempt: number, attempts: RunningAttempts): T | Promise<T> {
    return this.#fn(new Attempt<TLogger>(this.#logger, attempt, attempts));
  }

  retry(error: Error, attempt: number): RetryVerdict {
    const strategy = this.#config?.retryStrategy ?? retryPresets.default;
    const decision = strategy(error, attempt) ?? retryPresets.default(error, attempt);
    const where = called("step", this.name);
    requireDecision(`The retryStrategy of ${where}`, decision, "shouldRetry", RETRY_DECISIONS);
    if (!decision.shouldRetry) return this.#tell(error, attempt, { retry: false });
    const { delay } = decision;
    const delaySeconds = delay === undefined ? 1 : readSeconds(() => `The retry delay of ${where}`, delay);
    return this.#tell(error, attempt, { retry: true, delaySeconds });
  }

  /** A failure that is retried shows nowhere else while a handler is being written. */
  #tell(error: Error, attempt: number, verdict: RetryVerdict): RetryVerdict {
    if (!isDevelopment()) return verdict;
    const next = verdict.retry ? `it is tried again in ${verdict.delaySeconds} s` : "it is not tried again";
    this.#logger.warn(`Attempt ${attempt} of ${called("step", this.name)} failed, and ${next}:`, error);
    return verdict;
  }
}

/** The context that the function of a step gets. */
class Attempt<TLogger extends DurableLogger> implements StepContext<TLogger> {
  readonly logger: DurableContextLogger<TLogger>;
  readonly attempt: number;
  readonly #attempts: RunningAttempts;
  #controller: AbortController | undefined;

  constructor(logger: TLogger, attempt: number, attempts: RunningAttempts) {
    this.logger = logger;
    this.attempt = attempt;
    this.#attempts = attempts;
  }

  /** Made when it is asked for: most steps do without. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController();
      this.#controller = controller;
      this.#attempts.onCutOff(this.attempt, (reason) => controller.abort(reason));
    }
    return this.#controller.signal;
  }
}
