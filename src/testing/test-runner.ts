import { MemoryStore } from "../adapters/memory/memory-store.ts";
import type { DirectoryRow } from "../engine/ports/execution-store.ts";
import { failureFromError } from "../engine/model/thrown-failure.ts";
import type { ExecutionStatus, Halt } from "../engine/model/execution.ts";
import type { Failure } from "../engine/model/failure.ts";
import type { HistoryEvent } from "../engine/model/history.ts";
import type { CallbackOperation, Operation } from "../engine/model/operation.ts";
import type { CallbackOutcome, ExecutionClient } from "../engine/runner/client.ts";
import { toSeconds } from "../lambda-compat/duration.ts";
import {
  type FunctionDefinition,
  type Functions,
  readFunctions,
  type VersionedFunction,
} from "../lambda-compat/functions.ts";
import type { Duration } from "../lambda-compat/types.ts";
import { ExecutionView } from "./execution-view.ts";
import { FaultyStore } from "./faulty-store.ts";
import type { SimulatedClock } from "./simulated-host.ts";
import { type RunnerSettings, SimulatedSystem, type SystemProcess } from "./simulated-system.ts";

/** The options of a test runner. */
export interface DurableTestRunnerOptions extends Pick<RunnerSettings, "executionTimeoutSeconds" | "retentionDays"> {
  /** Other functions, by name, that the handler may invoke. */
  readonly functions?: Functions;
  /** Decides random ids and jitter. Default 1. */
  readonly seed?: number;
  /** The time at which the clock starts, ms since the epoch. Default: the first of January 2026, UTC. */
  readonly startAt?: number;
  /**
   * True if an invocation that waits stays in memory. Default false: every suspension ends it, and the next one replays
   * from the log, so that a fault of replay is found.
   */
  readonly parks?: boolean;
  /**
   * The time, in real ms, for which `run` and `finish` let virtual time stand still for code that does real work: the
   * function of a step, a serdes, a plain function that is invoked, or the handler's own code between operations. Then
   * time goes on without it; when nothing else is left to happen, they throw an error that names it. Default 10,000.
   */
  readonly stepPatienceMs?: number;
  /**
   * True if `Date` in the code under test is the real one. Default false: it is the runner's clock. It is for code that
   * signs requests to real services, which refuse a time that differs from theirs.
   */
  readonly realDate?: boolean;
}

/** The options of an execution. */
export interface RunOptions<Event> {
  /** The event; none by default. */
  readonly payload?: Event;
  /** The execution's name; a random one by default. */
  readonly name?: string;
}

/** The outcome of an execution. */
export interface DurableTestResult<Result> {
  /** RUNNING if it has not ended. */
  readonly status: ExecutionStatus;
  /** The handler's value, out of its JSON; undefined unless it succeeded. */
  readonly result: Result | undefined;
  /** The failure of the execution, or the error that it was stopped with; undefined otherwise. */
  readonly error: Failure | undefined;
  /** Set if it waits for a repair instead of having ended. */
  readonly halt: Halt | undefined;
  /** In the order in which they started. */
  readonly operations: readonly Operation[];
  /** The events that people read, in order. */
  readonly history: readonly HistoryEvent[];
  /** The commits' texts: what `replayLog` takes. */
  readonly log: readonly string[];
  /** The number of the execution's invocations. */
  readonly invocations: number;
}

/** Completes a callback, as somebody outside would. */
export interface TestCallback {
  /** The id by which the outside completes it. */
  readonly callbackId: string;
  /** `result` is the text that the callback's serdes reads; by default the handler gets it as it is. */
  succeed(result?: string): Promise<void>;
  /** An Error, or its stored form. */
  fail(error: Failure | Error): Promise<void>;
  /** Begins the time until the next heartbeat is due anew. */
  heartbeat(): Promise<void>;
}

/** Called once for each callback of that name when nothing else is left to happen at that time. */
export type CallbackReaction = (callback: TestCallback, operation: CallbackOperation) => Promise<void>;

/** The name under which the runner knows its handler. */
const FUNCTION = "handler";
const PATIENCE_MS = 10_000;

/**
 * Runs a durable handler in virtual time: waits, retries and timeouts pass at once, and every suspension is followed
 * by a replay from the log.
 *
 * @example
 * ```ts
 * const runner = new DurableTestRunner(handler);
 * runner.onCallback("approve", (callback) => callback.succeed("yes"));
 * const { status, result, operations } = await runner.run({ payload: { orderId: "1" } });
 * ```
 */
// oxlint-disable-next-line typescript/no-explicit-any -- what event and result are, only the test knows
export class DurableTestRunner<Result = any, Event = any> {
  /** The time that the handler lives in. */
  readonly clock: SimulatedClock;
  /** The way to what is stored, which can be made to fail: `runner.store.failNext("append", "REFUSED")`. */
  readonly store: FaultyStore;
  readonly #system: SimulatedSystem;
  readonly #patienceMs: number;
  readonly #reactions = new Map<string, CallbackReaction>();
  readonly #executions = new Map<string, DurableTestExecution<Result>>();
  #functions: Functions;
  #current: SystemProcess;

  constructor(handler: FunctionDefinition | VersionedFunction, options: DurableTestRunnerOptions = {}) {
    const {
      functions = {},
      seed,
      startAt,
      parks = false,
      stepPatienceMs = PATIENCE_MS,
      realDate = false,
      ...settings
    } = options;
    this.#functions = { ...functions, [FUNCTION]: handler };
    const disk = new MemoryStore();
    this.store = new FaultyStore(disk);
    this.#system = new SimulatedSystem({
      disk,
      store: this.store,
      ...(seed !== undefined && { seed }),
      ...(startAt !== undefined && { startAt }),
      patienceMs: stepPatienceMs,
      settings: { ...settings, parks },
      holdsForUserCode: true,
      virtualDate: !realDate,
    });
    this.clock = this.#system.clock;
    this.#patienceMs = stepPatienceMs;
    this.#current = this.#boot();
  }

  /** The client of the process that runs now. */
  get client(): ExecutionClient {
    return this.#current.runner;
  }

  /** Says how callbacks of a name are completed during `run` and `finish`. */
  onCallback(name: string, reaction: CallbackReaction): this {
    this.#reactions.set(name, reaction);
    return this;
  }

  /** Starts an execution and lets time pass until it has ended or halted. Throws if it can do neither. */
  async run(options: RunOptions<Event> = {}): Promise<DurableTestResult<Result>> {
    const execution = await this.start(options);
    return execution.finish();
  }

  /** Starts an execution and lets happen what happens without time passing. */
  async start(options: RunOptions<Event> = {}): Promise<DurableTestExecution<Result>> {
    const { payload, name } = options;
    const input = JSON.stringify(payload) as string | undefined;
    const started = this.client.start({
      functionName: FUNCTION,
      ...(input !== undefined && { input }),
      ...(name !== undefined && { name }),
    });
    const { execution } = await this.clock.run(started);
    await this.clock.settle();
    return this.#execution(execution.id);
  }

  /** Lets time pass: a duration, or ms. */
  async advance(time: Duration | number): Promise<void> {
    await this.clock.advance(typeof time === "number" ? time : 1000 * toSeconds(time));
  }

  /**
   * The process is gone in the middle of whatever it does, and another one goes on from the log, with other code for
   * the handler if some is given.
   */
  async restart(handler?: FunctionDefinition | VersionedFunction): Promise<void> {
    this.#current.process.kill();
    if (handler !== undefined) this.#functions = { ...this.#functions, [FUNCTION]: handler };
    this.#current = this.#boot();
    await this.clock.settle();
  }

  #boot(): SystemProcess {
    return this.#system.boot({ functions: () => readFunctions(this.#functions) });
  }

  #outwaited(): Outwaited | undefined {
    if (!this.clock.isOutwaited) return undefined;
    const { isExecuting, working } = this.#system;
    return { isExecuting, working, patienceMs: this.#patienceMs };
  }

  #execution(id: string): DurableTestExecution<Result> {
    const known = this.#executions.get(id);
    if (known !== undefined) return known;
    const execution = new DurableTestExecution<Result>(new ExecutionView(id, this.#system.disk), {
      runner: this,
      reactions: this.#reactions,
      row: () => this.#system.disk.row(id),
      outwaited: () => this.#outwaited(),
    });
    this.#executions.set(id, execution);
    return execution;
  }
}

interface ExecutionContext {
  readonly runner: Pick<DurableTestRunner, "client" | "clock">;
  readonly reactions: ReadonlyMap<string, CallbackReaction>;
  readonly row: () => DirectoryRow | undefined;
  /** The real work that time no longer waits for. */
  readonly outwaited: () => Outwaited | undefined;
}

interface Outwaited {
  /** The function of an operation runs. */
  readonly isExecuting: boolean;
  /** The other work beside the handler's own code, in words. */
  readonly working: readonly string[];
  readonly patienceMs: number;
}

/** One execution under test. What it shows is read from the log. */
export class DurableTestExecution<Result> {
  readonly #view: ExecutionView;
  readonly #context: ExecutionContext;
  /** Callbacks that a reaction has answered. */
  readonly #answered = new Set<string>();

  constructor(view: ExecutionView, context: ExecutionContext) {
    this.#view = view;
    this.#context = context;
  }

  /** `<function name>/<execution name>`. */
  get id(): string {
    return this.#view.id;
  }

  /** RUNNING until it has its outcome. */
  get status(): ExecutionStatus {
    return this.#view.state.header.status;
  }

  /** In the order in which they started, with what lies inside contexts that are complete. */
  get operations(): readonly Operation[] {
    return this.#view.operations;
  }

  /** The directory's row: what a list shows. */
  get row(): DirectoryRow | undefined {
    return this.#context.row();
  }

  /** The outcome so far, whether the execution has ended or not. */
  get outcome(): DurableTestResult<Result> {
    const { header } = this.#view.state;
    const history = this.#view.history;
    return {
      status: header.status,
      result: header.result === undefined ? undefined : (JSON.parse(header.result) as Result),
      error: header.error,
      halt: header.halt,
      operations: this.#view.operations,
      history,
      log: this.#view.log,
      invocations: history.filter(({ eventType }) => eventType === "InvocationCompleted").length,
    };
  }

  /** The `index`-th operation with this name, in the order in which they started. */
  operation(name: string, index = 0): Operation | undefined {
    return this.#view.operation(name, index);
  }

  /** The `index`-th callback of this name, or of the `waitForCallback` of this name. Throws if there is none (yet). */
  callback(name: string, index = 0): TestCallback {
    const operation = this.#view.callback(name, index);
    if (operation !== undefined) return this.#callback(operation);
    throw new Error(`No callback "${name}" (${index}) is recorded. ${this.#waitsFor()}`);
  }

  /** Lets time pass until it has ended or halted. Throws if it can do neither. */
  async finish(): Promise<DurableTestResult<Result>> {
    const { clock } = this.#context.runner;
    const hasWork = (): boolean => this.#view.hasSettled || this.#unanswered() !== undefined;
    while (!this.#view.hasSettled) {
      await clock.runUntilIdle({ until: hasWork });
      const callback = this.#unanswered();
      if (callback !== undefined) await this.#react(callback);
      else if (!this.#view.hasSettled) throw new Error(this.#whyStuck());
    }
    return this.outcome;
  }

  #unanswered(): CallbackOperation | undefined {
    const names = [...this.#context.reactions.keys()];
    return this.#view.openCallbacks.find(
      (callback) => !this.#answered.has(callback.id) && names.some((name) => this.#view.isCallbackOf(callback, name)),
    );
  }

  async #react(operation: CallbackOperation): Promise<void> {
    this.#answered.add(operation.id);
    for (const [name, reaction] of this.#context.reactions) {
      if (this.#view.isCallbackOf(operation, name)) await reaction(this.#callback(operation), operation);
    }
  }

  #callback({ callbackId }: CallbackOperation): TestCallback {
    const complete = async (outcome: CallbackOutcome): Promise<void> => {
      const { client, clock } = this.#context.runner;
      await clock.run(client.completeCallback(callbackId, outcome));
      await clock.settle();
    };
    return {
      callbackId,
      succeed: (result) => complete({ type: "SUCCEEDED", ...(result !== undefined && { result }) }),
      fail: (error) => complete({ type: "FAILED", error: error instanceof Error ? failureFromError(error) : error }),
      heartbeat: () => complete({ type: "HEARTBEAT" }),
    };
  }

  #whyStuck(): string {
    const outwaited = this.#context.outwaited();
    if (outwaited === undefined) return `Nothing is left to happen. ${this.#waitsFor()}`;
    const { isExecuting, working, patienceMs } = outwaited;
    const functions = isExecuting && working.length === 0 ? this.#view.running : [];
    const running = [...working, ...functions.map((step) => `the function of ${step}`)].join(", ");
    const code = running === "" ? "the handler's own code, outside of operations," : running;
    return (
      `Nothing is left to happen: ${code} has not come to its end in ${patienceMs} ms of real time, the option ` +
      `stepPatienceMs. ${this.#waitsFor()}`
    );
  }

  #waitsFor(): string {
    const awaited = this.#view.awaited;
    return awaited.length === 0 ? "The execution waits for nothing." : `The execution waits for ${awaited.join(", ")}.`;
  }
}
