/**
 * Runs executions over a store, an alarm and a host, and is their client. It holds a session for every execution that
 * is in use in this process; everything else is in the log.
 */

import { encodeCommit } from "../machine/commit-codec.ts";
import { decide } from "../machine/decide.ts";
import { fold } from "../machine/fold.ts";
import { journalOf } from "../machine/journal.ts";
import { isEnded } from "../machine/pending.ts";
import { emptyState, type ExecutionState } from "../machine/state.ts";
import { LOG_FORMAT_VERSION } from "../model/commit.ts";
import type { ExecutionHeader, Halt, ParentReference } from "../model/execution.ts";
import type { Failure } from "../model/failure.ts";
import type { Alarm } from "../ports/alarm.ts";
import type { DirectoryPage, ExecutionStore, ListQuery } from "../ports/execution-store.ts";
import type { Host } from "../ports/host.ts";
import type { MaybePromise } from "../ports/maybe-promise.ts";
import { executionIdOfCallback } from "../model/callback-id.ts";
import {
  type CallbackOutcome,
  type CheckpointAnswer,
  type CheckpointRequest,
  ClientError,
  ClientErrorCode,
  type ExecutionClient,
  type HistoryPage,
  type HistoryQuery,
  type InvokeOutcome,
  type LiveEvent,
  type StartAnswer,
  type StartRequest,
  type StatePage,
} from "./client.ts";
import { directoryRow } from "./directory-row.ts";
import { FunctionRegistry, type FunctionVersions } from "./function.ts";
import { Session } from "./session.ts";
import type { RunnerSetup } from "./setup.ts";

export interface RunnerOptions {
  readonly store: ExecutionStore;
  readonly alarm: Alarm;
  readonly host: Host;
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
  /** None by default: for hosts whose process cannot die alone. */
  readonly watchdogMs?: number;
  /** 1 to 90 days after the end; default 14. */
  readonly retentionDays?: number;
  /** Default none. */
  readonly executionTimeoutSeconds?: number;
  readonly arnOf: (header: ExecutionHeader) => string;
  /** Told of what a store or a peer threw; the work is tried again in any case. */
  readonly onError?: (executionId: string, error: unknown) => void;
  /**
   * Whether this process may run an execution now; always by default. One that may not still serves its client: it
   * reads, watches, and records what comes from outside. Asked anew at each wake.
   */
  readonly mayRun?: (executionId: string) => boolean;
  /** Told that another process has run an execution which ran here. It is not woken here again unless asked to. */
  readonly onFenced?: (executionId: string) => void;
  /** Told when an execution begins to wait for room in the store, and with nothing when it goes on. */
  readonly onPause?: (executionId: string, pause: Halt | undefined) => void;
}

const INVOCATION_MS = 15 * 60 * 1000;
const LINGER_MS = 250;
const RETENTION_DAYS = 14;
const RECOVERY_PAGE = 1000;

export class Runner implements ExecutionClient {
  readonly #setup: RunnerSetup;
  readonly #sessions = new Map<string, Promise<Session>>();
  /** Those of them that are loaded. */
  readonly #loaded = new Map<string, Session>();
  /** Who watches which execution: they stay when its session is given up and another one is opened. */
  readonly #watchers = new Map<string, Set<Watcher>>();
  #isClosed = false;

  constructor(options: RunnerOptions) {
    this.#setup = {
      store: options.store,
      alarm: options.alarm,
      host: options.host,
      functions: new FunctionRegistry(options.functions),
      peers: () => options.peers ?? this,
      local: () => this,
      parks: options.parks ?? true,
      graceMs: options.graceMs ?? 0,
      lingerMs: options.lingerMs ?? LINGER_MS,
      invocationMs: options.invocationMs ?? INVOCATION_MS,
      watchdogMs: options.watchdogMs,
      retentionDays: options.retentionDays ?? RETENTION_DAYS,
      executionTimeoutSeconds: options.executionTimeoutSeconds,
      arnOf: options.arnOf,
      onError: options.onError ?? (() => {}),
      wakeAgain: (id) => options.host.background(this.wake(id)),
      wakeAt: (id, at) => this.#wakeAt(id, at),
      mayRun: options.mayRun ?? (() => true),
      onFenced: options.onFenced ?? noop,
      onPause: options.onPause ?? noop,
    };
  }

  /** Wakes one execution: what an alarm calls. Never throws; unknown executions are passed over. */
  async wake(executionId: string): Promise<void> {
    if (this.#isClosed) return;
    try {
      let session = await this.#fresh(executionId);
      // It may have been given up for what it has just read.
      if (!this.#hasPlace(session)) session = await this.#session(executionId);
      await session.wake();
    } catch (error) {
      if (error instanceof ClientError && error.code === ClientErrorCode.NOT_FOUND) return;
      this.#setup.onError(executionId, error);
      this.#wakeAt(executionId, this.#setup.host.now() + RETRY_MS);
    }
  }

  /** By a timer, and by the alarm: this process may be gone by then, and the alarm that has woken it is used up. */
  #wakeAt(executionId: string, at: number): void {
    const { alarm, host, onError } = this.#setup;
    if (this.#isClosed) return;
    host.timer(at, () => host.background(this.wake(executionId)));
    const scheduled = (async () => alarm.schedule(executionId, at))();
    host.background(scheduled.catch((error: unknown) => onError(executionId, error)));
  }

  /** Wakes every execution that runs according to the directory: what a process does when it starts. */
  async recover(): Promise<void> {
    let marker: string | undefined;
    do {
      const query: ListQuery = {
        statuses: ["RUNNING"],
        limit: RECOVERY_PAGE,
        ...(marker === undefined ? {} : { marker }),
      };
      const page = await this.#setup.store.list(query);
      for (const row of page.rows) await this.wake(row.id);
      marker = page.marker;
    } while (marker !== undefined);
  }

  /** Takes over what another process wrote about an execution that is in use here. */
  async refresh(executionId: string): Promise<void> {
    const isWatched = this.#watchers.has(executionId);
    const session = await (isWatched ? this.#session(executionId) : this.#sessions.get(executionId));
    await session?.refresh();
  }

  /** Stops running an execution here, without effect: another process has its turn. Who watches it here goes on watching. */
  async standDown(executionId: string): Promise<void> {
    const session = await this.#sessions.get(executionId);
    session?.standDown();
  }

  /** Lets go of everything; nothing that still runs here has an effect any more. */
  close(): void {
    this.#isClosed = true;
    for (const session of this.#sessions.values()) {
      void session.then(
        (open) => open.close(),
        () => {},
      );
    }
    this.#sessions.clear();
    this.#loaded.clear();
  }

  functionNames(): readonly string[] {
    return this.#setup.functions.names;
  }

  async start(request: StartRequest): Promise<StartAnswer> {
    const { functions, host, retentionDays, executionTimeoutSeconds } = this.#setup;
    const version = functions.resolve(request.functionName, request.version);
    if (version === undefined) throw unknownFunction(functions, request);
    const { functionName, input, parent, tenantId } = request;
    const name = request.name ?? host.randomId();
    const decision = decide(
      emptyState(),
      {
        type: "START_EXECUTION",
        functionName,
        name,
        version,
        retentionDays,
        ...(input === undefined ? {} : { input }),
        ...(parent === undefined ? {} : { parent }),
        ...(tenantId === undefined ? {} : { tenantId }),
        ...(executionTimeoutSeconds === undefined ? {} : { executionTimeoutSeconds }),
      },
      { now: host.now(), randomId: () => host.randomId() },
    );
    if ("rejected" in decision) throw new ClientError(decision.rejected.code, decision.rejected.message);
    const commit = { v: LOG_FORMAT_VERSION, writer: host.randomId(), at: host.now(), facts: decision.facts } as const;
    const state = emptyState();
    fold(state, commit);
    try {
      return await this.#create(state.header, encodeCommit(commit), { ...request, version });
    } catch (error) {
      // It may exist all the same, and then somebody has to run it.
      if (!(error instanceof ClientError)) host.background(this.wake(state.header.id));
      throw error;
    }
  }

  async #create(header: ExecutionHeader, body: string, request: StartRequest): Promise<StartAnswer> {
    const { host, store } = this.#setup;
    await store.create(directoryRow(header), body);
    // One that was being opened already may have looked before there was anything.
    const session = await this.#session(header.id).catch(() => this.#session(header.id));
    const { header: found, seq } = session.state;
    const isOwn = found.incarnation === header.incarnation;
    // Whoever made one that has not begun may be gone.
    if (isOwn || seq === 1) host.background(session.wake());
    else this.#release(session);
    return isOwn ? { execution: found, created: true } : sameStart(found, request);
  }

  async describe(executionId: string): Promise<ExecutionHeader> {
    return this.#use(this.#fresh(executionId), ({ header }) => header);
  }

  async history(executionId: string, query: HistoryQuery): Promise<HistoryPage> {
    await this.describe(executionId);
    // Nothing that runs an execution reads its history.
    const { historyPage } = await import("./history-page.ts");
    return historyPage(this.#bodies(executionId, 1), query);
  }

  async state(executionId: string, page: { token?: string; marker?: string; limit: number }): Promise<StatePage> {
    return this.#use(this.#fresh(executionId), (session) => {
      if (page.token !== undefined) session.checkToken(page.token);
      const operations = journalOf(session.state);
      const from = page.marker === undefined ? 0 : Number.parseInt(page.marker, 10);
      if (!Number.isSafeInteger(from) || from < 0)
        throw new ClientError(ClientErrorCode.INVALID_PARAMETER, "Invalid marker.");
      const slice = operations.slice(from, from + page.limit);
      const next = from + slice.length;
      const { header } = session.state;
      return { header, operations: slice, ...(next < operations.length ? { marker: String(next) } : {}) };
    });
  }

  async list(query: ListQuery): Promise<DirectoryPage> {
    return this.#setup.store.list(query);
  }

  async stop(executionId: string, error?: Failure): Promise<number> {
    return this.#use(this.#session(executionId), async (session) => {
      if (!isEnded(session.state)) await session.command({ type: "STOP", ...(error === undefined ? {} : { error }) });
      return session.state.header.endedAt ?? this.#setup.host.now();
    });
  }

  async resume(executionId: string, options: { version?: string } = {}): Promise<void> {
    return this.#use(this.#session(executionId), (session) => this.#resume(session, options));
  }

  async #resume(session: Session, options: { version?: string }): Promise<void> {
    if (session.isPaused) return session.goOn();
    const { functions, store } = this.#setup;
    const { functionName } = session.state.header;
    const version = options.version === undefined ? undefined : functions.resolve(functionName, options.version);
    if (options.version !== undefined && version === undefined) {
      throw unknownFunction(functions, { functionName, version: options.version });
    }
    await session.command({ type: "RESUME", ...(version === undefined ? {} : { version }) });
    await store.describe(directoryRow(session.state.header));
  }

  async completeCallback(callbackId: string, outcome: CallbackOutcome): Promise<void> {
    const executionId = executionIdOfCallback(callbackId);
    if (executionId === undefined) throw new ClientError(ClientErrorCode.INVALID_PARAMETER, "Invalid callback id.");
    await this.#use(this.#session(executionId, "Callback not found."), (session) =>
      session.command({ type: "COMPLETE_CALLBACK", callbackId, outcome }),
    );
  }

  async completeInvoke(parent: ParentReference, outcome: InvokeOutcome): Promise<void> {
    const { operationId, incarnation } = parent;
    const { status: type, ...details } = outcome;
    await this.#use(this.#session(parent.executionId), async (session) => {
      const isMeant = incarnation === undefined || incarnation === session.state.header.incarnation;
      if (!isMeant || isEnded(session.state)) return;
      await session.command({ type: "COMPLETE_INVOKE", operationId, outcome: { type, ...details } });
    });
  }

  async checkpoint(executionId: string, request: CheckpointRequest): Promise<CheckpointAnswer> {
    return this.#use(this.#session(executionId), (session) => session.remoteCheckpoint(request));
  }

  async settled(executionId: string, deadline: number): Promise<ExecutionHeader> {
    const leave = new Signal();
    const stop = this.#listen(executionId, (state) => {
      if (hasSettled(state)) leave.stir();
    });
    const cancel = this.#setup.host.timer(deadline, () => leave.give());
    try {
      let session = await this.#fresh(executionId);
      for (;;) {
        if (leave.isGiven || hasSettled(session.state)) return session.state.header;
        await leave.stirred();
        session = await this.#session(executionId);
      }
    } finally {
      cancel();
      stop();
    }
  }

  /** Leaving the iteration lets go of the execution at once, also while it waits for the next commit. */
  watch(executionId: string, cursor: number): AsyncIterable<LiveEvent> {
    return {
      [Symbol.asyncIterator]: () => {
        const leave = new Signal();
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
    const stop = this.#listen(executionId, () => leave.stir());
    try {
      await this.#fresh(executionId);
      let next = cursor + 1;
      while (!leave.isGiven) {
        for await (const event of this.#bodies(executionId, next)) {
          next = event.seq + 1;
          yield event;
        }
        const { state } = await this.#session(executionId);
        if (next <= state.seq) continue;
        if (isEnded(state)) return undefined;
        await leave.stirred();
      }
    } finally {
      stop();
    }
    return undefined;
  }

  /** Calls back at every commit until the answer is called; the execution stays in use as long. */
  #listen(executionId: string, watcher: Watcher): () => void {
    const watchers = this.#watchers.get(executionId) ?? new Set();
    this.#watchers.set(executionId, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size > 0) return;
      this.#watchers.delete(executionId);
      void this.#sessions.get(executionId)?.then((session) => this.#release(session), noop);
    };
  }

  #stirWatchers({ id, state }: Session): void {
    this.#watchers.get(id)?.forEach((watcher) => watcher(state));
  }

  async *#bodies(executionId: string, from: number): AsyncGenerator<LiveEvent> {
    let next: number | undefined = from;
    while (next !== undefined) {
      const first: number = next;
      const page = await this.#setup.store.read(executionId, first);
      for (const [index, body] of page.bodies.entries()) yield { seq: first + index, body };
      next = page.next;
    }
  }

  /** The session of an execution, loaded if need be. */
  #session(executionId: string, message?: string): Promise<Session> {
    let session = this.#sessions.get(executionId);
    if (session === undefined) {
      session = this.#open(executionId, message);
      this.#sessions.set(executionId, session);
      session.catch(() => this.#sessions.delete(executionId));
    }
    return session;
  }

  async #open(executionId: string, message: string | undefined): Promise<Session> {
    const session: Session = new Session(executionId, this.#setup, {
      onIdle: () => this.#forget(session),
      hasPlace: () => this.#hasPlace(session),
      onCommit: () => this.#stirWatchers(session),
      isWatched: () => this.#watchers.has(executionId),
    });
    await session.refresh();
    if (!session.log.exists) {
      throw new ClientError(
        ClientErrorCode.NOT_FOUND,
        message ?? `Execution ${executionId} does not exist, or is no longer retained.`,
      );
    }
    this.#loaded.set(executionId, session);
    return session;
  }

  /** Like #session, but up to date with what other processes wrote. */
  async #fresh(executionId: string): Promise<Session> {
    const isKnown = this.#sessions.has(executionId);
    const session = await this.#session(executionId);
    if (isKnown) await session.refresh();
    return session;
  }

  /** Lets go of the session afterwards, unless it has something to do: what is asked once is not kept for ever. */
  async #use<T>(opened: Promise<Session>, task: (session: Session) => MaybePromise<T>): Promise<T> {
    const session = await opened;
    try {
      return await task(session);
    } finally {
      this.#release(session);
    }
  }

  #release(session: Session): void {
    if (!session.isInUse) this.#forget(session);
  }

  /** True for the session that commands and wakes go to. One that was let go of knows the log as it was then. */
  #hasPlace(session: Session): boolean {
    return this.#loaded.get(session.id) === session;
  }

  /** Another session may have its place by now: the one that runs the execution must not be lost sight of. */
  #forget(session: Session): void {
    if (this.#loaded.get(session.id) !== session) return;
    this.#loaded.delete(session.id);
    this.#sessions.delete(session.id);
  }
}

const RETRY_MS = 1000;

/** Told of the state after a commit. */
type Watcher = (state: ExecutionState) => void;

/** True once nothing happens any more by itself. */
function hasSettled(state: ExecutionState): boolean {
  return isEnded(state) || state.header.halt !== undefined;
}

/** Wakes whoever waits: for a while, or for good. */
class Signal {
  isGiven = false;
  #isStirred = false;
  #wake: (() => void) | undefined;

  give(): void {
    this.isGiven = true;
    this.stir();
  }

  stir(): void {
    this.#isStirred = true;
    this.#wake?.();
  }

  /** Resolves at the next stir, or at once if there was one since the last time. */
  async stirred(): Promise<void> {
    if (!this.#isStirred) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#isStirred = false;
  }
}

function sameStart(header: ExecutionHeader, request: StartRequest): StartAnswer {
  if (header.input === request.input && header.version === request.version)
    return { execution: header, created: false };
  throw new ClientError(
    ClientErrorCode.ALREADY_STARTED,
    `Execution "${header.name}" of function "${header.functionName}" was already started with another payload or version.`,
  );
}

function unknownFunction(
  functions: FunctionRegistry,
  request: { functionName: string; version?: string },
): ClientError {
  const { functionName, version } = request;
  const message = functions.has(functionName)
    ? `Function "${functionName}" has no version "${version}". Registered versions: ${functions.versionsOf(functionName).join(", ")}.`
    : `Function "${functionName}" is not registered. Registered functions: ${functions.names.join(", ") || "none"}.`;
  return new ClientError(ClientErrorCode.NOT_FOUND, message);
}

function noop(): void {}
