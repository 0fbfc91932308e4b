/**
 * Runs executions over a store, an alarm and a host, and is their client. An execution that is in use has a session,
 * which knows the newest state; everything else is in the log.
 */

import { incarnationOf } from "../machine/incarnation.ts";
import { isEnded } from "../machine/pending.ts";
import type { ExecutionState } from "../machine/state.ts";
import type { ExecutionHeader, ExecutionStatus, Halt, ParentReference } from "../model/execution.ts";
import type { Failure } from "../model/failure.ts";
import type { Alarm } from "../ports/alarm.ts";
import type { ExecutionStore, ReadOptions } from "../ports/execution-store.ts";
import type { Host } from "../ports/host.ts";
import { executionIdOfCallback } from "../model/callback-id.ts";
import {
  type CallbackOutcome,
  type CheckpointAnswer,
  type CheckpointRequest,
  ClientError,
  ClientErrorCode,
  type DirectoryPage,
  type ExecutionClient,
  type ForkOptions,
  type HistoryPage,
  type HistoryQuery,
  type InvokeOutcome,
  type ListQuery,
  type LiveEvent,
  type RewindOptions,
  type StartAnswer,
  type StartRequest,
  type StatePage,
  type StateQuery,
} from "./client.ts";
import { listExecutions, scanAll } from "./directory-list.ts";
import { Writer } from "./claims.ts";
import { FunctionRegistry, type FunctionVersions } from "./function.ts";
import type { Histories } from "./history-page.ts";
import type { Session } from "./session.ts";
import { Operator } from "./operator.ts";
import { Sessions, unknownExecution } from "./sessions.ts";
import { LostTokens } from "./remote-sdk.ts";
import type { RunnerSetup } from "./setup.ts";
import { type StartLimits, Starter } from "./start.ts";
import type { Signal } from "./watchers.ts";

/** The parts of a runner, and how it runs. */
export interface RunnerOptions {
  /** Where executions are kept. */
  readonly store: ExecutionStore;
  /** Wakes executions, by `Runner.wake`, when their time has come. */
  readonly alarm: Alarm;
  /** The clock, chance and the event loop of the process. */
  readonly host: Host;
  /** The functions that the runner runs, by name; see `readFunctions`. */
  readonly functions: ReadonlyMap<string, FunctionVersions>;
  /** Reaches other executions; this runner by default. */
  readonly peers?: ExecutionClient;
  /** Whether idle invocations stay in memory; true by default. */
  readonly parks?: boolean;
  /** Default 0. */
  readonly graceMs?: number;
  /** Default 250. */
  readonly lingerMs?: number;
  /** Default 15 minutes. */
  readonly invocationMs?: number;
  /**
   * Where processes share executions: how long after its last commit an invocation in another process is left alone,
   * and how far ahead the alarm is set while an invocation runs here, in milliseconds. A running invocation that has
   * nothing to record for half of that time writes a commit without facts. For as long a process that lacks the version
   * of an execution, or a function that the execution invokes, leaves those to the others. None by default: for hosts
   * where a process that may run an execution is the only one.
   */
  readonly watchdogMs?: number;
  /**
   * Whether wakes come again, in some process, until the `wake` is done, as those of a queue do. Then no alarm stands
   * for the case that this process dies; and since two wakes may come to two processes at once, an invocation writes a
   * commit without facts before its function is called. False by default.
   */
  readonly wakesFromQueue?: boolean;
  /**
   * How much an execution has to have recorded before a snapshot of it is kept beside its log, in commits and operations
   * together; default 2000, which is a thousand steps in a row. `Infinity` for no snapshots.
   */
  readonly snapshotFloor?: number;
  /** How many operations an execution may have; default 1,000,000. Operations beyond that are refused as throttled. */
  readonly maxOperations?: number;
  /** 1 to 90 days after the end; default 14. */
  readonly retentionDays?: number;
  /** Default none. */
  readonly executionTimeoutSeconds?: number;
  /** Names an execution to functions, serdes and loggers. */
  readonly arnOf: (header: ExecutionHeader) => string;
  /**
   * Told of errors of a store, an alarm or a peer, with the work tried again in any case, of invocations that broke, and
   * of what halts an execution.
   */
  readonly onError?: (executionId: string, error: unknown) => void;
  /**
   * Whether this process may run an execution now; always by default. A process that may not still serves its client:
   * it reads, watches, and records commands from outside. Asked anew at each wake.
   */
  readonly mayRun?: (executionId: string) => boolean;
  /** Told that another process has run an execution which ran here. This process wakes it no more unless asked to. */
  readonly onFenced?: (executionId: string) => void;
  /** Told when an execution begins to wait for room in the store, and with nothing when it goes on. */
  readonly onPause?: (executionId: string, pause: Halt | undefined) => void;
}

const INVOCATION_MS = 15 * 60 * 1000;
const LINGER_MS = 250;
const SNAPSHOT_FLOOR = 2000;
const MAX_OPERATIONS = 1_000_000;
const RETENTION_DAYS = 14;
const RECOVERY_PAGE = 1000;
/** Commits that are read at a time for a page of a history. */
const HISTORY_COMMITS = 128;

/** Runs the executions of one process, and is their client. */
export class Runner implements ExecutionClient {
  readonly #setup: RunnerSetup;
  readonly #sessions: Sessions;
  readonly #starter: Starter;
  readonly #operator: Operator;
  #histories: Histories | undefined;

  constructor(options: RunnerOptions) {
    this.#setup = setupOf(options, this);
    this.#sessions = new Sessions(this.#setup);
    this.#starter = new Starter(this.#setup, this.#sessions);
    this.#operator = new Operator(this.#setup, this.#sessions);
  }

  /** Wakes one execution: what an alarm calls. Never throws; unknown executions are passed over. */
  wake(executionId: string): Promise<void> {
    return this.#sessions.wake(executionId);
  }

  /**
   * Wakes every execution that the directory says has something left to do: those that run, and those whose retention
   * is over, at most a thousand at a time. For a process to call when it starts, and now and then where alarms may be
   * lost.
   */
  async recover(): Promise<void> {
    const { store, host } = this.#setup;
    const running = scanAll({ status: RUNNING, limit: RECOVERY_PAGE }, (scan) => store.list(scan));
    for await (const { id } of running) await this.wake(id);
    for (const { id } of await store.expired(host.now(), RECOVERY_PAGE)) await this.wake(id);
  }

  /** Takes over other processes' commits to an execution that is in use here. */
  async refresh(executionId: string): Promise<void> {
    if (this.#sessions.watchers.has(executionId)) await this.#sessions.use(executionId, noop, { fresh: true });
    else await this.#sessions.useOpen(executionId, (session) => session.read());
  }

  /** Stops running an execution here, without effect: another process has its turn. Watchers here go on watching. */
  async standDown(executionId: string): Promise<void> {
    await this.#sessions.useOpen(executionId, (session) => session.standDown());
  }

  /**
   * Lets go of everything; no execution that still runs here has an effect any more. From then on every call is refused
   * with HostClosedException, and so is each call that waits for its answer.
   */
  close(): void {
    this.#sessions.close();
  }

  functionNames(): readonly string[] {
    return this.#setup.functions.names;
  }

  hasFunction(functionName: string, version?: string): boolean {
    return this.#setup.functions.resolve(functionName, version) !== undefined;
  }

  /** `limits` are for this execution alone. */
  async start(request: StartRequest, limits?: StartLimits): Promise<StartAnswer> {
    return this.#starter.start(request, limits);
  }

  async describe(executionId: string): Promise<ExecutionHeader> {
    return this.#sessions.use(executionId, ({ header }) => header, { fresh: true });
  }

  async history(executionId: string, query: HistoryQuery): Promise<HistoryPage> {
    this.#sessions.assertOpen();
    const incarnation = await this.#incarnationOf(executionId);
    if (incarnation === undefined || incarnation !== (query.incarnation ?? incarnation))
      throw unknownExecution(executionId);
    // Loaded on demand: to run an execution takes no history.
    const { Histories } = await import("./history-page.ts");
    this.#histories ??= new Histories();
    const read = (from: number): AsyncIterable<LiveEvent> =>
      this.#bodies(executionId, from, { incarnation, limit: HISTORY_COMMITS });
    return this.#histories.of(executionId, incarnation).page(read, query);
  }

  async state(executionId: string, query: StateQuery): Promise<StatePage> {
    this.#sessions.assertOpen();
    // Loaded on demand, too.
    const { pageOf } = await import("./state-page.ts");
    return this.#sessions.use(executionId, (session) => pageOf(session, query), { fresh: true });
  }

  async list(query: ListQuery): Promise<DirectoryPage> {
    this.#sessions.assertOpen();
    return listExecutions(query, (scan) => this.#setup.store.list(scan));
  }

  async stop(executionId: string, error?: Failure): Promise<number> {
    return this.#sessions.use(executionId, async (session) => {
      if (!isEnded(session.state)) await session.command({ type: "STOP", ...(error === undefined ? {} : { error }) });
      return session.state.header.endedAt ?? this.#setup.host.now();
    });
  }

  resume(executionId: string, options?: { version?: string }): Promise<void> {
    return this.#operator.resume(executionId, options);
  }

  pause(executionId: string, options?: { reason?: string }): Promise<void> {
    return this.#operator.pause(executionId, options);
  }

  fork(executionId: string, options?: ForkOptions): Promise<StartAnswer> {
    return this.#operator.fork(executionId, options);
  }

  rewind(executionId: string, options: RewindOptions): Promise<void> {
    return this.#operator.rewind(executionId, options);
  }

  purge(executionId: string): Promise<void> {
    return this.#operator.purge(executionId);
  }

  async completeCallback(callbackId: string, outcome: CallbackOutcome): Promise<void> {
    const executionId = executionIdOfCallback(callbackId);
    if (executionId === undefined) throw new ClientError(ClientErrorCode.INVALID_PARAMETER, "Invalid callback id.");
    await this.#sessions.use(
      executionId,
      (session) => session.command({ type: "COMPLETE_CALLBACK", callbackId, outcome }),
      { unknown: "Callback not found." },
    );
  }

  async completeInvoke(parent: ParentReference, outcome: InvokeOutcome): Promise<void> {
    const { operationId, incarnation, rewinds } = parent;
    const { status: type, ...details } = outcome;
    await this.#sessions.use(parent.executionId, async (session) => {
      const isMeant = (): boolean => incarnation === undefined || incarnation === session.state.header.incarnation;
      // The session may be of an earlier execution of the name, which makes way once its log is read.
      if (!isMeant()) await session.read();
      if (!isMeant() || isEnded(session.state)) return;
      const called = { operationId, ...(rewinds !== undefined && { rewinds }) };
      await session.command({ type: "COMPLETE_INVOKE", ...called, outcome: { type, ...details } });
    });
  }

  async checkToken(executionId: string, token: string): Promise<void> {
    return this.#sessions.use(executionId, (session) => session.checkRemote(token));
  }

  async checkpoint(executionId: string, request: CheckpointRequest): Promise<CheckpointAnswer> {
    return this.#sessions.use(executionId, (session) => session.remoteCheckpoint(request));
  }

  async settled(executionId: string, deadline: number): Promise<ExecutionHeader> {
    return this.#listening(executionId, hasSettled, async (leave) => {
      const cancel = this.#setup.host.timer(deadline, () => leave.give());
      try {
        for (let fresh = true; ; fresh = false) {
          const { header, state } = await this.#sessions.use(executionId, glance, { fresh });
          if (leave.isGiven || hasSettled(state)) return header;
          await leave.stirred();
        }
      } finally {
        cancel();
      }
    });
  }

  /** Leaving the iteration lets go of the execution at once, also while it waits for the next commit. */
  watch(executionId: string, cursor: number): AsyncIterable<LiveEvent> {
    return {
      [Symbol.asyncIterator]: () => {
        const leave = this.#sessions.signal();
        const events = this.#watch(executionId, cursor, leave);
        return {
          next: () => events.next(),
          return: () => {
            leave.give();
            return events.return(undefined);
          },
        };
      },
    };
  }

  async *#watch(executionId: string, cursor: number, leave: Signal): AsyncGenerator<LiveEvent, undefined> {
    const { watchers } = this.#sessions;
    const stop = watchers.listen(executionId, () => leave.stir());
    try {
      const { header } = await this.#sessions.use(executionId, glance, { fresh: true });
      let next = cursor + 1;
      while (!leave.isGiven) {
        for await (const event of this.#bodies(executionId, next, { incarnation: header.incarnation })) {
          next = event.seq + 1;
          yield event;
        }
        const { state } = await this.#sessions.use(executionId, glance);
        if (state.header.incarnation !== header.incarnation) return undefined;
        if (next <= state.seq) continue;
        if (isEnded(state)) return undefined;
        await leave.stirred();
      }
    } finally {
      stop();
      this.#sessions.forget(leave);
    }
    return undefined;
  }

  /** Runs a task while news of an execution that pass `concerns` stir a signal. */
  async #listening<T>(
    executionId: string,
    concerns: (state: ExecutionState) => boolean,
    task: (leave: Signal) => Promise<T>,
  ): Promise<T> {
    const leave = this.#sessions.signal();
    const stop = this.#sessions.watchers.listen(executionId, (state) => {
      if (concerns(state)) leave.stir();
    });
    try {
      return await task(leave);
    } finally {
      stop();
      this.#sessions.forget(leave);
    }
  }

  /** The incarnation of the execution that has the id now; undefined if there is none. */
  async #incarnationOf(executionId: string): Promise<string | undefined> {
    const page = await this.#setup.store.read(executionId, 1, { limit: 1 });
    const [first] = page?.bodies ?? [];
    return first === undefined ? undefined : incarnationOf(first);
  }

  async *#bodies(executionId: string, from: number, options: ReadOptions): AsyncGenerator<LiveEvent> {
    let next: number | undefined = from;
    while (next !== undefined) {
      const first: number = next;
      const page = await this.#setup.store.read(executionId, first, options);
      if (page === undefined) return;
      for (const [index, body] of page.bodies.entries()) yield { seq: first + index, body };
      next = page.next;
    }
  }
}

const RUNNING: ExecutionStatus = "RUNNING";

function setupOf(options: RunnerOptions, runner: Runner): RunnerSetup {
  return {
    store: options.store,
    alarm: options.alarm,
    host: options.host,
    lostTokens: new LostTokens(),
    functions: new FunctionRegistry(options.functions),
    writer: new Writer(options.host),
    peers: () => options.peers ?? runner,
    local: () => runner,
    parks: options.parks ?? true,
    graceMs: options.graceMs ?? 0,
    lingerMs: options.lingerMs ?? LINGER_MS,
    invocationMs: options.invocationMs ?? INVOCATION_MS,
    watchdogMs: options.watchdogMs,
    wakesFromQueue: options.wakesFromQueue ?? false,
    snapshotFloor: options.snapshotFloor ?? SNAPSHOT_FLOOR,
    maxOperations: options.maxOperations ?? MAX_OPERATIONS,
    retentionDays: options.retentionDays ?? RETENTION_DAYS,
    executionTimeoutSeconds: options.executionTimeoutSeconds,
    arnOf: options.arnOf,
    onError: options.onError ?? noop,
    mayRun: options.mayRun ?? (() => true),
    onFenced: options.onFenced ?? noop,
    onPause: options.onPause ?? noop,
  };
}

/** The header and the state that a session has now. */
function glance({ header, state }: Session): { header: ExecutionHeader; state: ExecutionState } {
  return { header, state };
}

/** True once nothing happens any more by itself. */
function hasSettled(state: ExecutionState): boolean {
  return isEnded(state) || state.header.halt !== undefined;
}

function noop(): void {}
