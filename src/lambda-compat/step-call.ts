import { OperationSubType } from "../engine/model/operation.ts";
import type { Serdes } from "../engine/ports/serdes.ts";
import type { RetryVerdict, StepOptions } from "../engine/replay/operations/step.ts";
import { toSeconds } from "./duration.ts";
import { retryPresets } from "./retry-strategy.ts";
import type { DurableLogger, StepConfig, StepFunc } from "./types.ts";

/** What the context that a step is called on gives to it. */
export interface StepSurroundings<T, TLogger> {
  readonly name: string | undefined;
  readonly logger: TLogger;
  readonly serdes: Serdes<T>;
}

/** A step as AWS's API describes it, in the terms of the engine. */
export class StepCall<T, TLogger extends DurableLogger> implements StepOptions<T> {
  readonly subType: string = OperationSubType.STEP;
  readonly name: string | undefined;
  readonly serdes: Serdes<T>;
  readonly #fn: StepFunc<T, TLogger>;
  readonly #config: StepConfig<T> | undefined;
  readonly #logger: TLogger;

  constructor(fn: StepFunc<T, TLogger>, config: StepConfig<T> | undefined, around: StepSurroundings<T, TLogger>) {
    this.name = around.name;
    this.serdes = around.serdes;
    this.#fn = fn;
    this.#config = config;
    this.#logger = around.logger;
  }

  get atMostOnce(): boolean {
    return this.#config?.semantics === "AT_MOST_ONCE_PER_RETRY";
  }

  run(attempt: number): T | Promise<T> {
    return this.#fn({ logger: this.#logger, attempt });
  }

  retry(error: Error, attempt: number): RetryVerdict {
    const strategy = this.#config?.retryStrategy ?? retryPresets.default;
    const decision = strategy(error, attempt) ?? retryPresets.default(error, attempt);
    if (!decision.shouldRetry) return { retry: false };
    return { retry: true, delaySeconds: decision.delay === undefined ? 1 : toSeconds(decision.delay) };
  }
}
