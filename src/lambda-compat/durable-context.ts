/**
 * AWS's context over the engine's scopes: the overloads, the defaults and the names are AWS's, the operations are the
 * engine's. One context belongs to one scope; which scope a call goes to is decided where the call is made, so that a
 * context used in the wrong place is noticed before anything happens.
 */

import {
  CallbackError,
  CallbackSubmitterError,
  ChildContextError,
  type DurableOperationError,
  PromiseCombinatorError,
} from "../engine/model/errors.ts";
import { refusedTags, type TagChanges } from "../engine/model/tags.ts";
import { chain } from "../engine/ports/maybe-promise.ts";
import { jsonSerdes, type Serdes as EngineSerdes } from "../engine/ports/serdes.ts";
import type { Future } from "../engine/replay/future.ts";
import type { Invocation } from "../engine/replay/invocation.ts";
import { type OpenCallback, callback } from "../engine/replay/operations/callback.ts";
import { chainedInvoke } from "../engine/replay/operations/chained-invoke.ts";
import { childContext } from "../engine/replay/operations/child-context.ts";
import { condition } from "../engine/replay/operations/condition.ts";
import { step } from "../engine/replay/operations/step.ts";
import { changeTags } from "../engine/replay/operations/tag-change.ts";
import { wait } from "../engine/replay/operations/wait.ts";
import { Scope } from "../engine/replay/scope.ts";
import { type BatchCall, batchConfigError, runBatchIn } from "./batch.ts";
import { batchSummarizer, createBatchSerdes } from "./batch-result.ts";
import { awaitOperations, combinatorInputs } from "./combinator-inputs.ts";
import { DurablePromise, OperationPromise } from "./durable-promise.ts";
import { readSeconds, requireDuration, requireTimeout, toSeconds } from "./duration.ts";
import { type Frame, logDataOf } from "./frame.ts";
import {
  called,
  InvalidArgumentError,
  requireDecision,
  requireFunction,
  requireSerdes,
  requireStrategy,
  shown,
} from "./invalid-argument.ts";
import { StepSemantics } from "./literals.ts";
import { createContextLogger } from "./logger.ts";
import { explainSingleParameter } from "./map-callback.ts";
import { plainJson } from "./plain-json.ts";
import { settledSerdes } from "./settled-serdes.ts";
import { StepCall } from "./step-call.ts";
import type * as api from "./types.ts";

const BRAND: unique symbol = Symbol.for("@aws/durable-execution-sdk-js/durable-context");

/** The settings that a context hands on to the contexts created in it. */
interface Inherited<TLogger extends api.DurableLogger> {
  readonly logger: TLogger;
  readonly serdes: EngineSerdes | undefined;
  readonly callbackDeserializer: api.AnySerdesDeserializer | undefined;
  /** The number of further levels of contexts that keep their operations after their end. */
  readonly preservedLevels: number;
}

const TEXT_AS_IS: EngineSerdes = { serialize: (value) => value as string | undefined, deserialize: (data) => data };

/** What is only read needs no more of a serdes. */
const READING = ["deserialize"] as const;

/** Of a method whose first argument may be a name. */
type Named<Rest extends unknown[]> = [string | undefined, ...Rest] | Rest;

export class DurableContextImpl<TLogger extends api.DurableLogger> implements api.DurableContext<TLogger> {
  readonly lambdaContext: api.LambdaContext;
  readonly executionContext: { readonly durableExecutionArn: string };
  readonly #frame: Frame;
  readonly #scope: Scope;
  #inherited: Inherited<TLogger>;
  #isModeAware = true;
  #logger: api.DurableContextLogger<TLogger> | undefined;

  constructor(frame: Frame, scope: Scope, inherited: Inherited<TLogger>) {
    this.#frame = frame;
    this.#scope = scope;
    this.#inherited = inherited;
    this.lambdaContext = frame.lambdaContext;
    this.executionContext = frame.executionContext;
    (this as { [BRAND]?: true })[BRAND] = true;
  }

  get [Symbol.toStringTag](): string {
    return "DurableContext";
  }

  /** Made when it is first asked for: most contexts of a large batch never log. */
  get logger(): api.DurableContextLogger<TLogger> {
    this.#logger ??= this.#contextLogger();
    return this.#logger;
  }

  get promise(): api.DurableContext<TLogger>["promise"] {
    return {
      all: this.#combinator((promises) => Promise.all(promises)),
      allSettled: this.#combinator((promises) => Promise.allSettled(promises), settledSerdes),
      any: this.#combinator((promises) => Promise.any(promises)),
      race: this.#combinator((promises) => Promise.race(promises)),
    };
  }

  step<T>(...args: Named<[api.StepFunc<T, TLogger>, (api.StepConfig<T> | undefined)?]>): DurablePromise<T> {
    const [name, fn, config] = withName<[api.StepFunc<T, TLogger>, (api.StepConfig<T> | undefined)?]>(args);
    if (typeof fn !== "function") requireFunction("step", name, fn, "async () => ...");
    const strategy = config?.retryStrategy;
    if (strategy !== undefined && typeof strategy !== "function")
      requireStrategy(called("step", name), "retryStrategy", strategy);
    requireTimeout(called("step", name), config?.timeout);
    requireSemantics(called("step", name), config?.semantics);
    requireSerdes(called("step", name), "serdes", config?.serdes);
    return durable(this.#step(this.#enter("step"), name, { fn, config }));
  }

  wait(...args: [string, api.Duration] | [api.Duration]): DurablePromise<void> {
    const isNamed = typeof args[0] === "string" && args.length > 1;
    const [name, duration] = isNamed ? (args as [string, api.Duration]) : [undefined, args[0]];
    const seconds = readSeconds(() => `The duration of ${called("wait", name)}`, duration);
    return durable(wait(this.#enter("wait"), { name, subType: "Wait", seconds }));
  }

  waitForCondition<T>(
    ...args: Named<[api.WaitForConditionCheckFunc<T, TLogger>, api.WaitForConditionConfig<T>]>
  ): DurablePromise<T> {
    const [name, check, config] =
      withName<[api.WaitForConditionCheckFunc<T, TLogger>, api.WaitForConditionConfig<T>]>(args);
    const scope = this.#enter("waitForCondition");
    if (!config?.waitStrategy || config.initialState === undefined) {
      throw new Error("waitForCondition requires config with waitStrategy and initialState");
    }
    const { waitStrategy, initialState } = config;
    const { logger } = this.#inherited;
    const where = called("waitForCondition", name);
    requireFunction("waitForCondition", name, check, "async (state) => ..., { initialState, waitStrategy }");
    requireStrategy(where, "waitStrategy", waitStrategy);
    requireSerdes(where, "serdes", config.serdes);
    const options = {
      name,
      subType: "WaitForCondition",
      check: (state: T, attempt: number) => check(state, { logger, attempt }),
      initialState,
      serdes: this.#serdes<T>(config.serdes),
      decide: (state: T, attempt: number) => {
        const decision = waitStrategy(state, attempt);
        requireDecision(`The waitStrategy of ${where}`, decision, "shouldContinue", WAIT_DECISIONS);
        if (!decision.shouldContinue) return { poll: false } as const;
        return { poll: true, delaySeconds: readSeconds(() => `The delay of ${where}`, decision.delay) } as const;
      },
    };
    return durable(condition(scope, options));
  }

  createCallback<T = string>(
    ...args: Named<[(api.CreateCallbackConfig<T> | undefined)?]>
  ): DurablePromise<api.CreateCallbackResult<T>> {
    const [name, config] = withName<[(api.CreateCallbackConfig<T> | undefined)?]>(args);
    requireTimeouts(called("createCallback", name), config);
    requireSerdes(called("createCallback", name), "serdes", config?.serdes, READING);
    const scope = this.#enter("createCallback");
    const deserializer = config?.serdes ?? this.#inherited.callbackDeserializer;
    const opened = this.#callback<T>(scope, { name, config, deserializer, subType: config?.subType });
    return new DurablePromise(async () => {
      const { callbackId, outcome } = await opened.observe();
      return [durable(outcome), callbackId];
    });
  }

  waitForCallback<T = string>(
    ...args: Named<[api.WaitForCallbackSubmitterFunc<TLogger>, (api.WaitForCallbackConfig<T> | undefined)?]>
  ): DurablePromise<T> {
    const [name, submitter, config] =
      withName<[api.WaitForCallbackSubmitterFunc<TLogger>, (api.WaitForCallbackConfig<T> | undefined)?]>(args);
    const scope = this.#enter("waitForCallback");
    if (typeof submitter !== "function") {
      const when = typeof args[0] === "string" || args[0] === undefined ? " when name is provided" : "";
      return rejected(`waitForCallback requires a submitter function${when}`);
    }
    requireStrategy(called("waitForCallback", name), "retryStrategy", config?.retryStrategy);
    requireTimeouts(called("waitForCallback", name), config);
    requireSerdes(called("waitForCallback", name), "serdes", config?.serdes, READING);
    const future = childContext<T>(scope, {
      name,
      subType: "WaitForCallback",
      run: (child) => this.#submitAndWait<T>(child, { submitter, config }),
      serdes: this.#callbackSerdes<T>(config?.serdes),
      mapError: callbackFailure,
      preserveChildren: this.#inherited.preservedLevels > 0,
    });
    return durable(future);
  }

  invoke<I, O>(...args: unknown[]): DurablePromise<O> {
    const isNamed = typeof args[1] === "string";
    const [name, functionName, input, config] = isNamed ? args : [undefined, ...args];
    if (typeof functionName !== "string") {
      throw new InvalidArgumentError(
        `context.invoke needs the name of a function and got ${shown(functionName)}: write context.invoke("name", input).`,
      );
    }
    const { payloadSerdes, resultSerdes, tenantId } = (config ?? {}) as api.InvokeConfig<I, O>;
    const where = called("invoke", name as string | undefined);
    requireSerdes(where, "payloadSerdes", payloadSerdes, ["serialize"]);
    requireSerdes(where, "resultSerdes", resultSerdes, READING);
    const scope = this.#enter("invoke");
    const future = chainedInvoke<I, O>(scope, {
      name: name as string | undefined,
      subType: "ChainedInvoke",
      functionName,
      input: input as I | undefined,
      tenantId,
      inputSerdes: this.#serdes<I>(payloadSerdes),
      serdes: this.#serdes<O>(resultSerdes),
    });
    return durable(future);
  }

  runInChildContext<T>(
    ...args: Named<[api.ChildFunc<T, TLogger>, (api.ChildConfig<T> | undefined)?]>
  ): DurablePromise<T> {
    const [name, fn, config] = withName<[api.ChildFunc<T, TLogger>, (api.ChildConfig<T> | undefined)?]>(args);
    requireFunction("runInChildContext", name, fn, "async (child) => ...");
    requireSerdes(called("runInChildContext", name), "serdes", config?.serdes);
    const scope = this.#enter("runInChildContext");
    return durable(this.#child<T>(scope, { name, fn: (child) => fn(child), config: config ?? {} }));
  }

  map<I, O>(
    ...args: Named<[I[], api.MapFunc<I, O, TLogger>, (api.MapConfig<I, O> | undefined)?]>
  ): DurablePromise<api.BatchResult<O>> {
    const [name, items, fn, config] =
      withName<[I[], api.MapFunc<I, O, TLogger>, (api.MapConfig<I, O> | undefined)?]>(args);
    const scope = this.#enter("map");
    if (!Array.isArray(items)) return rejected("Map operation requires an array of items");
    if (typeof fn !== "function") return rejected("Map operation requires a function to process items");
    return this.#batch<O>(scope, {
      name,
      kind: "map",
      count: items.length,
      config,
      itemName: (index) => config?.itemNamer?.(items[index] as I, index),
      parameters: fn.length,
      runItem: (context, index) => fn(context as api.DurableContext<TLogger>, items[index] as I, index, items),
    });
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- the overloads of the interface give the result its type
  parallel(...args: unknown[]): DurablePromise<any> {
    type Branch = api.ParallelFunc<unknown, TLogger> | api.NamedParallelBranch<unknown, TLogger>;
    const [name, branches, config] = withName<[Branch[], (api.ParallelConfig<unknown> | undefined)?]>(
      args as [Branch[]],
    );
    const scope = this.#enter("parallel");
    if (!Array.isArray(branches)) return rejected("Parallel operation requires an array of branch functions");
    const functions = branches.map((branch) => (typeof branch === "function" ? branch : branch?.func));
    if (functions.some((fn) => typeof fn !== "function")) {
      return rejected("All branches must be functions or NamedParallelBranch objects");
    }
    return this.#batch<unknown>(scope, {
      name,
      kind: "parallel",
      count: branches.length,
      config,
      itemName: (index) => {
        const branch = branches[index];
        return typeof branch === "function" ? undefined : branch?.name;
      },
      parameters: (index) => functions[index]?.length ?? 0,
      runItem: (context, index) => functions[index]?.(context as api.DurableContext<TLogger>),
    });
  }

  setTags(tags: TagChanges): void {
    const refused = refusedTags(tags, true);
    if (refused !== undefined) throw new InvalidArgumentError(`context.setTags: ${refused.message}`);
    const known = this.#frame.tags;
    const refusal = changeTags(this.#enter("setTags"), { changes: tags, refusal: (changes) => known.change(changes) });
    if (refusal !== undefined) throw new InvalidArgumentError(`context.setTags: ${refusal}`);
  }

  configureLogger({ customLogger, modeAware }: api.LoggerConfig<TLogger>): void {
    if (modeAware !== undefined) this.#isModeAware = modeAware;
    if (customLogger === undefined) return;
    customLogger.configureDurableLoggingContext?.({ getDurableLogData: () => logDataOf(this.#frame) });
    this.#inherited = { ...this.#inherited, logger: customLogger };
    this.#logger = undefined;
  }

  configureSerdes({ defaultSerdes, defaultCallbackDeserializer }: api.SerdesConfig): void {
    requireSerdes("context.configureSerdes", "defaultSerdes", defaultSerdes);
    requireSerdes("context.configureSerdes", "defaultCallbackDeserializer", defaultCallbackDeserializer, READING);
    if (defaultSerdes !== undefined) this.#inherited = { ...this.#inherited, serdes: defaultSerdes };
    if (defaultCallbackDeserializer === undefined) return;
    this.#inherited = { ...this.#inherited, callbackDeserializer: defaultCallbackDeserializer };
  }

  /** The scope that a call belongs to. A call from anywhere but this context's own code ends the invocation. */
  #enter(method: string): Scope {
    const { invocation } = this.#frame;
    const { ambient } = invocation.host;
    const active = ambient.get();
    if (active === undefined || active === this.#scope || invocation.isOver) return this.#scope;
    const adopter = active instanceof Scope ? adopterOf(active, this.#scope) : undefined;
    if (adopter !== undefined) return adopter;
    invocation.end({ status: "FAILED", error: misuse(method, active as Place, this.#scope) });
    return this.#scope;
  }

  #step<T>(scope: Scope, name: string | undefined, { fn, config }: StepWork<T, TLogger>): Future<T> {
    const { logger } = this.#inherited;
    return step<T>(scope, new StepCall(fn, config, { name, logger, serdes: this.#serdes(config?.serdes) }));
  }

  #callback<T>(scope: Scope, { name, config, deserializer, subType }: CallbackCall<T>): Future<OpenCallback<T>> {
    const { timeout, heartbeatTimeout } = config ?? {};
    return callback<T>(scope, {
      name,
      subType: subType ?? "Callback",
      timeoutSeconds: timeout && toSeconds(timeout),
      heartbeatTimeoutSeconds: heartbeatTimeout && toSeconds(heartbeatTimeout),
      serdes: deserializer ?? (TEXT_AS_IS as EngineSerdes<T>),
    });
  }

  async #submitAndWait<T>(
    child: Scope,
    {
      submitter,
      config,
    }: { submitter: api.WaitForCallbackSubmitterFunc<TLogger>; config: api.WaitForCallbackConfig<T> | undefined },
  ): Promise<T> {
    const { callbackId, outcome } = await this.#callback<T>(child, {
      name: undefined,
      config,
      deserializer: undefined,
      subType: undefined,
    }).observe();
    const retryStrategy = config?.retryStrategy;
    const submitted = this.#step<void>(child, undefined, {
      fn: async ({ logger }) => {
        await submitter(callbackId, { logger });
      },
      config: retryStrategy === undefined ? undefined : { retryStrategy },
    });
    await submitted.observe();
    return outcome.observe();
  }

  #child<T>(scope: Scope, { name, fn, config }: ChildCall<T, TLogger>): Future<T> {
    const preservedLevels =
      config.virtualContext === true ? this.#inherited.preservedLevels : this.#inherited.preservedLevels - 1;
    return childContext<T>(scope, {
      name,
      subType: config.subType ?? "RunInChildContext",
      run: (child) => fn(this.#contextFor(child, Math.max(0, preservedLevels))),
      serdes: this.#serdes(config.serdes),
      summarize: config.summaryGenerator,
      mapError: config.errorMapper,
      isVirtual: config.virtualContext,
      preserveChildren: this.#inherited.preservedLevels > 0,
    });
  }

  #contextFor(child: Scope, preservedLevels: number): DurableContextImpl<TLogger> {
    const inherited = this.#inherited;
    const isSame = inherited.preservedLevels === preservedLevels;
    return new DurableContextImpl(this.#frame, child, isSame ? inherited : { ...inherited, preservedLevels });
  }

  #batch<T>(scope: Scope, call: BatchCall<T>): DurablePromise<api.BatchResult<T>> {
    const invalid = batchConfigError(call.config as BatchCall<never>["config"]);
    if (invalid !== undefined) {
      scope.invocation.end({ status: "FAILED", error: new Error(invalid) });
      return durable(childContext<api.BatchResult<T>>(scope, NEVER_RUN));
    }
    const { kind, config } = call;
    requireSerdes(called(kind, call.name), "serdes", config?.serdes);
    requireSerdes(called(kind, call.name), "itemSerdes", config?.itemSerdes);
    const { preservedLevels } = this.#inherited;
    const inBatch = Math.max(0, preservedLevels - 1);
    const inItem = config?.nesting === "FLAT" ? inBatch : Math.max(0, inBatch - 1);
    const serdes = createBatchSerdes(config?.serdes);
    const future = childContext<api.BatchResult<T>>(scope, {
      name: call.name,
      subType: kind === "map" ? "Map" : "Parallel",
      run: (child) =>
        runBatchIn<T>(child, {
          ...call,
          outer: scope,
          itemSerdes: this.#serdes<T>(config?.itemSerdes),
          preservedLevels: inBatch,
          contextFor: (item, index) => {
            const context = this.#contextFor(item, inItem);
            return kind === "map" && call.parameters === 1 ? explainSingleParameter(context, item, index) : context;
          },
        }),
      serdes,
      summarize: batchSummarizer<T>(kind === "map" ? "MapResult" : "ParallelResult", config?.summaryGenerator),
      preserveChildren: preservedLevels > 0,
    });
    return durable(future);
  }

  /**
   * A callback's payload passes through the context's record as text and is read once, where the caller gets it. With a
   * deserializer of one's own for all callbacks the record holds the text as it came, otherwise as JSON.
   */
  #callbackSerdes<T>(given: Omit<api.Serdes<T>, "serialize"> | undefined): EngineSerdes<T> {
    const { callbackDeserializer } = this.#inherited;
    const record =
      callbackDeserializer === undefined ? this.#serdes<string>(undefined) : (TEXT_AS_IS as EngineSerdes<string>);
    const reader = given ?? callbackDeserializer;
    if (reader === undefined) return record as EngineSerdes<unknown> as EngineSerdes<T>;
    return {
      serialize: (value, context) => record.serialize(value as string | undefined, context),
      deserialize: (data, context) =>
        chain(record.deserialize(data, context), (text) => reader.deserialize(text, context)),
    };
  }

  #serdes<T>(given: api.Serdes<T> | undefined): EngineSerdes<T> {
    return (given ?? this.#inherited.serdes ?? plainJson) as EngineSerdes<T>;
  }

  #contextLogger(): api.DurableContextLogger<TLogger> {
    const { invocation } = this.#frame;
    return createContextLogger({
      base: this.#inherited.logger,
      isReplaying: () => this.#isModeAware && invocation.isReplaying && isOutsideAttempt(invocation),
      logData: () => logDataOf(this.#frame),
    });
  }

  #combinator(combine: Combine, serdes?: EngineSerdes): (...args: unknown[]) => DurablePromise<never> {
    return (...args) => {
      const [name, promises] = withName<[PromiseLike<unknown>[]]>(args as [PromiseLike<unknown>[]]);
      const inputs = combinatorInputs(promises);
      return new DurablePromise(() => {
        const combined = this.#combine(name, () => combine(inputs()), serdes);
        const onEnd = (): void => awaitOperations(inputs);
        combined.then(onEnd, onEnd);
        return combined as Promise<never>;
      });
    };
  }

  #combine(name: string | undefined, run: () => Promise<unknown>, serdes: EngineSerdes | undefined): Promise<unknown> {
    const scope = this.#enter("runInChildContext");
    const future = childContext(scope, {
      name,
      subType: "RunInChildContext",
      run,
      serdes: serdes ?? this.#serdes(undefined),
      mapError: (error) => new PromiseCombinatorError(error.message, error),
      preserveChildren: this.#inherited.preservedLevels > 0,
    });
    return future.observe();
  }
}

interface CallbackCall<T> {
  readonly name: string | undefined;
  readonly subType: string | undefined;
  readonly config: api.CreateCallbackConfig<T> | undefined;
  readonly deserializer: api.AnySerdesDeserializer | Omit<api.Serdes<T>, "serialize"> | undefined;
}

interface StepWork<T, TLogger extends api.DurableLogger> {
  readonly fn: api.StepFunc<T, TLogger>;
  readonly config: api.StepConfig<T> | undefined;
}

interface ChildCall<T, TLogger extends api.DurableLogger> {
  readonly name: string | undefined;
  readonly fn: (context: api.DurableContext<TLogger>) => Promise<T>;
  readonly config: api.ChildConfig<T>;
}

/** The code's surroundings: a context, or the attempt of a step. */
interface Place {
  readonly position: string;
  readonly hint?: string;
}

type Combine = (promises: Iterable<unknown>) => Promise<unknown>;

const NEVER_RUN = { subType: "", run: (): never => undefined as never, serdes: jsonSerdes as EngineSerdes<never> };

const WAIT_DECISIONS = "{ shouldContinue: false } or { shouldContinue: true, delay: { seconds: 5 } }";

/** A word that is none would let a step run at least once that was not meant to. */
function requireSemantics(where: string, semantics: unknown): void {
  if (semantics == null || Object.values<unknown>(StepSemantics).includes(semantics)) return;
  throw new InvalidArgumentError(
    `The semantics of ${where} must be one of ${Object.values(StepSemantics).join(", ")} and is ${shown(semantics)}: ` +
      "write semantics: StepSemantics.AtMostOncePerRetry.",
  );
}

type Timeouts = Pick<api.CreateCallbackConfig, "timeout" | "heartbeatTimeout">;

/** Each is left out, or a duration. */
function requireTimeouts(where: string, config: Timeouts | undefined): void {
  for (const member of ["timeout", "heartbeatTimeout"] as const) {
    const duration = config?.[member];
    if (duration) requireDuration(() => `The ${member} of ${where}`, duration);
  }
}

function durable<T>(future: Future<T>): DurablePromise<T> {
  return new OperationPromise(() => future.observe());
}

function rejected(message: string): DurablePromise<never> {
  return new DurablePromise(() => Promise.reject(new Error(message)));
}

/** The arguments with the name in front, which is there if the first one is a string or `undefined`. */
function withName<Rest extends unknown[]>(args: Named<Rest>): [string | undefined, ...Rest] {
  const [first] = args;
  const isNamed = args.length > 0 && (typeof first === "string" || first === undefined);
  return (isNamed ? args : [undefined, ...args]) as [string | undefined, ...Rest];
}

/** The branch without a parameter that `outer` is called in, if `active` is one or lies in one. */
function adopterOf(active: Scope, outer: Scope): Scope | undefined {
  for (let adopted = active.adopts; adopted !== undefined; adopted = adopted.adopts) {
    if (adopted === outer) return active;
  }
  return undefined;
}

function misuse(method: string, active: Place, used: Scope): Error {
  const expected = active.position || "root";
  const got = used.position || "undefined";
  return new Error(
    `Context usage error in "${method}": You are using a parent or sibling context instead of the current child context. ` +
      `Expected context ID: "${expected}", but got: "${got}". ` +
      `When inside runInChildContext(), you must use the child context parameter, not the parent context.${active.hint ?? ""}`,
  );
}

function isOutsideAttempt(invocation: Invocation): boolean {
  const active = invocation.host.ambient.get();
  return active === undefined || active instanceof Scope;
}

/** Callback errors pass; a submitter that failed says so, and so does an answer that cannot be read. */
function callbackFailure(error: DurableOperationError): Error {
  const { errorType, message } = error;
  if (["CallbackTimeoutError", "CallbackExternalError", "CallbackError"].includes(errorType)) return error;
  if (errorType === "StepError") return new CallbackSubmitterError(message, error);
  if (errorType === "SerdesError") return new CallbackError(message, error);
  return new ChildContextError(message, error);
}
