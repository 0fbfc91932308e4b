/**
 * One simulated world around one execution: a clock that jumps from event to event, a store that remembers its writes,
 * processes that are killed and started again, a client that starts the execution, and an outside that answers its
 * callbacks. What takes time in a handler takes it outside of the processes, as a request to a real service would: an
 * operation that is tried again after a crash ends when it would have ended without one.
 */

import { Runner } from "../../src/engine/runner/runner.ts";
import {
  ClientError,
  ClientErrorCode,
  type CallbackOutcome,
  type StartRequest,
} from "../../src/engine/runner/client.ts";
import type { ExecutionHeader } from "../../src/engine/model/execution.ts";
import { isSettled, type CallbackOperation, type Operation } from "../../src/engine/model/operation.ts";
import type { Alarm } from "../../src/engine/ports/alarm.ts";
import type { ExecutionStore } from "../../src/engine/ports/execution-store.ts";
import type { KeptAlarms } from "../../src/adapters/memory/memory-alarm.ts";
import { formatExecutionArn } from "../../src/lambda-compat/arn.ts";
import { type Functions, readFunctions } from "../../src/lambda-compat/functions.ts";
import type { DurableContext, DurableExecutionConfig } from "../../src/lambda-compat/types.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { type CrashPoint, SimulatedProcess } from "../../src/testing/crash.ts";
import { SimulatedClock } from "../../src/testing/simulated-host.ts";
import { commitOf, type Landed, Ledger, type Write } from "./ledger.ts";

const FUNCTION = "program";
const NAME = "x";
export const EXECUTION_ID: string = `${FUNCTION}/${NAME}`;
/** How long the client and the outside wait before they try again, in ms. */
const PATIENCE_MS = 1000;

/** When the outside answers a callback, and what. */
export interface Answer {
  /** Since it was opened, or since the world began, in ms. */
  readonly after?: number;
  readonly at?: number;
  readonly outcome: CallbackOutcome;
}

/** What a handler's functions may do in one process. */
export interface Env {
  /** Ms since the world began. */
  now(): number;
  /** Resolves at this time since the world began; at once if it has passed. */
  until(ms: number): Promise<void>;
  /** A request to a service: done so long after it was first made, however often it is repeated. */
  service(key: string, ms: number): Promise<void>;
  /** Notes that the function of a named operation runs; with an attempt, one that must run at most once (P2). */
  ran(name: string, attempt?: number): void;
}

export interface WorldOptions {
  /** The functions of a process; the execution runs the one called `program`. */
  readonly functions: (env: Env) => Functions;
  readonly input?: string;
  /** Default true. */
  readonly parks?: boolean;
  /** See `RunnerOptions`. */
  readonly watchdogMs?: number;
  /** How callbacks are answered, by the name of the callback or of the context around it. */
  readonly answers?: Readonly<Record<string, Answer>>;
  /** What has been written already; the world begins at the time of the last of it. */
  readonly prefix?: readonly Write[];
  /** What stands between the processes and the store. */
  readonly network?: (store: ExecutionStore, clock: SimulatedClock) => ExecutionStore;
  /** The n-th process is killed at the n-th of these. */
  readonly crashes?: readonly CrashPoint[];
  readonly seed?: number;
  readonly executionTimeoutSeconds?: number;
  /** What it is started with beside its name and its input. */
  readonly start?: Pick<StartRequest, "tags" | "startAt">;
  /** What stands between the processes and their alarms. */
  readonly alarm?: (alarm: Alarm) => Alarm;
  /** Whether a new process looks for what runs, beside the alarms that are left. Default true. */
  readonly recovers?: boolean;
  readonly checksInvariants?: boolean;
  /** See `RunnerOptions`. */
  readonly snapshotFloor?: number;
  /** The most virtual time that may pass, in ms. */
  readonly limitMs?: number;
}

/** What came of the execution. */
export interface WorldOutcome {
  readonly header: ExecutionHeader;
  readonly status: string;
  readonly result: unknown;
  readonly error: unknown;
}

/** Far more than any test brings about: then something fails for ever. */
const MOST_ERRORS = 1000;

/** The functions of a world with one handler. */
export function programOf(
  handler: (context: DurableContext, env: Env) => Promise<unknown>,
  config?: DurableExecutionConfig,
): (env: Env) => Functions {
  return (env) => ({ program: withDurableExecution((_event, context) => handler(context, env), config) });
}

interface Alive {
  readonly process: SimulatedProcess;
  readonly runner: Runner;
}

/** Where worlds begin: 2026-01-01T00:00:00Z. */
const BEGINNING = 1_767_225_600_000;

export class World {
  readonly clock: SimulatedClock;
  readonly ledger: Ledger;
  /** Functions that ran. */
  readonly runs: { readonly name: string; readonly attempt: number | undefined }[] = [];
  /** Attempts that ran twice though they must not (P2). */
  readonly repeated: string[] = [];
  /** Completed operations whose functions ran again (P1). */
  readonly rerun: string[] = [];
  /** What stores and peers threw. */
  readonly errors: unknown[] = [];
  processes = 0;
  /** What the next process runs. */
  functions: (env: Env) => Functions;
  readonly #options: WorldOptions;
  readonly #store: ExecutionStore;
  readonly #alarms: KeptAlarms = new Map();
  readonly #requests = new Map<string, number>();
  readonly #settled = new Set<string>();
  #alive: Alive | undefined;
  #isAcknowledged = false;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.functions = options.functions;
    const { prefix = [], checksInvariants = true, network, seed = 1 } = options;
    // Ids must not repeat those of the prefix.
    this.clock = new SimulatedClock({ seed: seed + prefix.length * 1_000_003, startAt: timeOf(prefix) });
    this.ledger = new Ledger({ checksInvariants });
    this.ledger.onCommit((landed) => this.#look(landed));
    for (const write of prefix) this.ledger.redo(write);
    this.#store = network?.(this.ledger, this.clock) ?? this.ledger;
  }

  get header(): ExecutionHeader | undefined {
    return this.ledger.states.get(EXECUTION_ID)?.header;
  }

  /** The runner of the process that lives. */
  get runner(): Runner {
    if (this.#alive === undefined) throw new Error("No process lives.");
    return this.#alive.runner;
  }

  /** Runs until the execution has ended or halted, starting a new process whenever one has died. */
  async run(): Promise<WorldOutcome> {
    await this.runUntil(() => this.#isOver);
    const { header } = this;
    if (header === undefined) throw new Error("It never began.");
    return { header, status: header.status, result: parse(header.result), error: header.error };
  }

  /** Runs until this holds, or the execution is over. */
  async runUntil(holds: () => boolean): Promise<void> {
    const { limitMs } = this.#options;
    while (!holds() && !this.#isOver) {
      if (this.errors.length > MOST_ERRORS) throw new Error("It fails for ever.", { cause: this.errors[0] });
      if (this.#alive?.process.alive !== true) this.boot();
      const until = (): boolean => holds() || this.#isOver || this.#alive?.process.alive !== true;
      await this.clock.runUntilIdle({ until, ...(limitMs === undefined ? {} : { limitMs }) });
      if (!until()) throw new Error(`Nothing is left to happen, and the execution is not over (P7).\n${this.report()}`);
    }
    await this.clock.settle();
  }

  /** Kills the process that lives, if any, and starts the next one. */
  boot(): void {
    this.kill();
    const { crashes = [], parks = true, executionTimeoutSeconds, snapshotFloor, watchdogMs } = this.#options;
    const crashAt = crashes[this.processes++];
    const process = new SimulatedProcess({
      clock: this.clock,
      store: this.#store,
      alarms: this.#alarms,
      ...(crashAt === undefined ? {} : { crashAt }),
    });
    const runner: Runner = new Runner({
      store: process.store,
      alarm: (this.#options.alarm ?? ((alarm) => alarm))(process.alarm((id) => runner.wake(id))),
      host: process.host,
      functions: readFunctions(this.functions(this.#env(process))),
      parks,
      ...(executionTimeoutSeconds === undefined ? {} : { executionTimeoutSeconds }),
      ...(snapshotFloor === undefined ? {} : { snapshotFloor }),
      ...(watchdogMs === undefined ? {} : { watchdogMs }),
      arnOf: (header) => formatExecutionArn(header),
      onError: (_id, error) => this.#note(error),
    });
    this.#alive = { process, runner };
    if (this.#options.recovers !== false) void this.#persist(process, () => runner.recover());
    if (!this.#isAcknowledged) void this.#persist(process, () => this.#start(runner));
  }

  kill(): void {
    this.#alive?.process.kill();
    this.#alive?.runner.close();
    this.#alive = undefined;
  }

  /** What there is to see when something went wrong. */
  report(): string {
    const logs = [...this.ledger.states.keys()].map((id) => `${id}\n  ${this.ledger.bodies(id).join("\n  ")}`);
    return [...logs, ...this.errors.map(String), ...this.ledger.broken].join("\n");
  }

  get #isOver(): boolean {
    const { header } = this;
    return header !== undefined && (header.status !== "RUNNING" || header.halt !== undefined);
  }

  async #start(runner: Runner): Promise<void> {
    const { input, start } = this.#options;
    await runner.start({ functionName: FUNCTION, name: NAME, ...(input === undefined ? {} : { input }), ...start });
    this.#isAcknowledged = true;
  }

  /** Tries until it works, as long as the process lives. */
  async #persist(process: SimulatedProcess, work: () => Promise<unknown>): Promise<void> {
    while (process.alive) {
      try {
        await work();
        return;
      } catch (error) {
        this.#note(error);
        await new Promise<void>((resolve) => process.host.timer(this.clock.now() + PATIENCE_MS, resolve));
      }
    }
  }

  #note(error: unknown): void {
    this.errors.push(error);
    if (this.errors.length > MOST_ERRORS) this.kill();
  }

  #env(process: SimulatedProcess): Env {
    const until = (at: number): Promise<void> =>
      new Promise((resolve) => {
        if (!process.alive) return;
        if (at <= this.clock.now()) resolve();
        else process.host.timer(at, resolve);
      });
    return {
      now: () => this.clock.now() - BEGINNING,
      until: (ms) => until(BEGINNING + ms),
      service: (key, ms) => {
        const first = this.#requests.get(key) ?? this.clock.now();
        this.#requests.set(key, first);
        return until(first + ms);
      },
      ran: (name, attempt) => {
        if (!process.alive) return;
        const isRepeated =
          attempt !== undefined && this.runs.some((run) => run.name === name && run.attempt === attempt);
        if (isRepeated) this.repeated.push(`${name}, attempt ${attempt}`);
        if (this.#settled.has(name)) this.rerun.push(name);
        this.runs.push({ name, attempt });
      },
    };
  }

  #look({ id, commit, state }: Landed): void {
    for (const fact of commit.facts) {
      const operation = "id" in fact ? state.operations.get(fact.id) : undefined;
      if (operation === undefined) continue;
      if (operation.name !== undefined && isSettled(operation.status)) this.#settled.add(operation.name);
      if (operation.type === "CALLBACK" && fact.kind === "STARTED") this.#plan(id, operation, commit.at);
    }
  }

  /** Sees to it that a callback is answered, by whichever process lives then. */
  #plan(executionId: string, callback: CallbackOperation, openedAt: number): void {
    const answer = this.#options.answers?.[this.#nameOf(executionId, callback) ?? ""];
    if (answer === undefined) return;
    const at = answer.at === undefined ? openedAt + (answer.after ?? 0) : BEGINNING + answer.at;
    const host = this.clock.host();
    let isDone = false;
    const send = (): void => {
      if (isDone || this.#isClosed(executionId, callback.id)) return;
      const again = (): void => void host.timer(this.clock.now() + PATIENCE_MS, send);
      if (this.#alive?.process.alive !== true) return again();
      // A process that dies meanwhile never answers, so the outside looks again in any case.
      void this.runner.completeCallback(callback.callbackId, answer.outcome).then(
        () => {
          isDone = true;
        },
        (error: unknown) => {
          isDone = error instanceof ClientError && error.code === ClientErrorCode.CALLBACK_CLOSED;
          if (!isDone) this.#note(error);
        },
      );
      again();
    };
    host.timer(Math.max(at, this.clock.now()), send);
  }

  #isClosed(executionId: string, operationId: string): boolean {
    const state = this.ledger.states.get(executionId);
    const operation = state?.operations.get(operationId);
    return state?.header.status !== "RUNNING" || operation === undefined || isSettled(operation.status);
  }

  #nameOf(executionId: string, operation: Operation): string | undefined {
    const { operations } = this.ledger.states.get(executionId) ?? {};
    for (let at: Operation | undefined = operation; at !== undefined; at = operations?.get(at.parentId ?? "")) {
      if (at.name !== undefined) return at.name;
    }
    return undefined;
  }
}

/** The time of the newest commit. */
function timeOf(writes: readonly Write[]): number {
  const newest = writes.findLast((write) => "body" in write);
  return newest === undefined ? BEGINNING : commitOf(newest).at;
}

function parse(text: string | undefined): unknown {
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
