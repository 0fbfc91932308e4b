/**
 * The executions of this browser. The page keeps the log and speaks for the outside world; the functions run in a
 * sandboxed worker that can be killed. Of all tabs one has the worker, by a lock that the browser passes on when that
 * tab is gone; the others look on, and take over when Run is pressed there.
 */

import {
  type CallbackOutcome,
  type DirectoryRow,
  executionIdOfCallback,
  type ExecutionStore,
  type LogPage,
  Runner,
  type StartRequest,
} from "perdure/engine";
import { MemoryAlarm, systemHost } from "perdure/memory";
import { FaultyStore } from "perdure/testing";
import { forkLog, rowOf } from "../model/fork-log.ts";
import { AdjustableClock } from "../sandbox/clock.ts";
import type { Program, ProgramFailure } from "../sandbox/protocol.ts";
import {
  type LoadReport,
  type ReplayAnswer,
  type ReplayOptions,
  type SandboxEvents,
  SandboxProcess,
} from "../sandbox/sandbox-process.ts";
import {
  type ExecutionSource,
  LIST_LIMIT,
  type Listener,
  type ListFilter,
  type ProcessState,
} from "./execution-source.ts";
import { ObservedStore } from "./observed-store.ts";
import { openStore } from "./open-store.ts";
import { ProgramShelf } from "./program-shelf.ts";
import { SlowStore } from "./slow-store.ts";

export interface LocalEvents extends SandboxEvents {
  readonly onProcess: (state: ProcessState) => void;
  readonly onLoaded: (report: LoadReport) => void;
  /** The list of executions may have changed. */
  readonly onChange: () => void;
}

type Hint = { readonly type: "written" | "wake"; readonly executionId: string } | { readonly type: "clock" };

const LOCK = "perdure.playground.worker";
const CLOCK_KEY = "perdure.playground.ahead";
/** The delay of each write while the storage is slow, in ms. */
const SLOW_MS = 800;
const CLEAR_LIMIT = 100;

export class LocalSource implements ExecutionSource {
  readonly kind = "local";
  readonly shelf: ProgramShelf = new ProgramShelf(localStorage);
  readonly #events: LocalEvents;
  readonly #database = openStore();
  readonly #store: ExecutionStore;
  readonly #slow: SlowStore;
  readonly #faulty: FaultyStore;
  readonly #clock = new AdjustableClock(systemHost());
  readonly #client: Runner;
  readonly #tabs = new BroadcastChannel("perdure.playground");
  readonly #watchers = new Map<string, Set<() => void>>();
  #process: SandboxProcess | undefined;
  /** Killed with the other one, because code may never let go here too. */
  #rehearsal: SandboxProcess | undefined;
  #functionNames: readonly string[] = [];
  #hasLock = false;
  /** Counts how often this tab has asked for the lock: only the newest request counts. */
  #turn = 0;
  #aheadMs = Number(localStorage.getItem(CLOCK_KEY) ?? 0);

  constructor(events: LocalEvents) {
    this.#events = events;
    this.#store = new ObservedStore(this.#database, (id) => this.#written(id));
    this.#slow = new SlowStore(this.#store);
    this.#faulty = new FaultyStore(this.#slow);
    this.#clock.set(this.#aheadMs);
    this.#client = this.#createClient();
    this.#tabs.onmessage = ({ data }: MessageEvent<Hint>) => this.#heed(data);
  }

  /** Starts the worker in this tab as soon as no other tab has it, and clears away what ended long ago. */
  join(): void {
    void this.#hold({});
    this.#clear().catch(ignore);
  }

  /** By the right clock: whoever has put this one ahead still wants to see what came of it. */
  async #clear(): Promise<void> {
    const old = await this.#database.expired(Date.now(), CLEAR_LIMIT);
    for (const { id, incarnation } of old) await this.#database.remove(id, incarnation);
    this.#events.onChange();
  }

  now(): number {
    return this.#clock.now();
  }

  async functionNames(): Promise<readonly string[]> {
    return this.#functionNames;
  }

  async list({ functionName, status }: ListFilter): Promise<readonly DirectoryRow[]> {
    return this.#store.list({
      limit: LIST_LIMIT,
      reverse: true,
      ...(functionName === undefined ? {} : { functionName }),
      ...(status === undefined ? {} : { status }),
    });
  }

  watch(executionId: string, { onCommit, onError }: Listener): () => void {
    let next = 1;
    let reading: Promise<void> = Promise.resolve();
    let isLeft = false;
    const read = async (): Promise<void> => {
      for (let more: number | undefined = next; more !== undefined && !isLeft; ) {
        const page: LogPage | undefined = await this.#store.read(executionId, more);
        if (page === undefined) return;
        for (const body of page.bodies) if (!isLeft) onCommit(body);
        next = more + page.bodies.length;
        more = page.next;
      }
    };
    const look = (): void => {
      reading = reading.then(read).catch(onError);
    };
    const watchers = this.#watchers.get(executionId) ?? new Set();
    this.#watchers.set(executionId, watchers.add(look));
    look();
    return () => {
      isLeft = true;
      watchers.delete(look);
    };
  }

  /** Makes a file's code the one that executions run; the worker starts again if it is other code. */
  async load(program: Program): Promise<LoadReport | undefined> {
    const isNew = this.shelf.put(program);
    if (this.#process !== undefined && !isNew) return undefined;
    return this.restart();
  }

  async start(functionName: string, input: string): Promise<string> {
    const request: StartRequest = { functionName, input, name: shortName() };
    if (this.#process === undefined) await this.restart();
    if (this.#process === undefined) throw new Error("The worker is not running.");
    // Code that never lets go keeps the worker from answering; the log tells that it has begun.
    const begun = Promise.withResolvers<string>();
    const id = `${functionName}/${request.name}`;
    const leave = this.watch(id, { onCommit: () => begun.resolve(id), onError: begun.reject });
    this.#process.start(request).then(begun.resolve, begun.reject);
    return begun.promise.finally(leave);
  }

  async completeCallback(callbackId: string, outcome: CallbackOutcome): Promise<void> {
    await this.#client.completeCallback(callbackId, outcome);
    const executionId = executionIdOfCallback(callbackId);
    if (executionId !== undefined) this.#wakeEverywhere(executionId);
  }

  async stop(executionId: string): Promise<void> {
    await this.#client.stop(executionId);
    const header = await this.#client.describe(executionId);
    // Whoever runs an execution keeps its row; with no worker nobody does. One with a parent has to wait for a worker.
    if (header.parent === undefined) await this.#store.putRow(rowOf(header, await this.#lengthOf(executionId)));
    this.#wakeEverywhere(executionId);
  }

  async resume(executionId: string): Promise<void> {
    await this.#client.resume(executionId);
    this.#wakeEverywhere(executionId);
  }

  /** Removes an execution and its log. */
  async purge(executionId: string): Promise<void> {
    await this.#client.stop(executionId).catch(() => undefined);
    await this.#database.remove(executionId);
    this.#written(executionId);
  }

  /** Puts a log where executions are, under its own name; answers its id. */
  async addLog(log: readonly string[]): Promise<string> {
    const { row, bodies } = forkLog(log, { name: shortName(), randomId: () => systemHost().randomId() });
    await this.#database.restore(row, bodies);
    this.#written(row.id);
    this.#wakeEverywhere(row.id);
    return row.id;
  }

  /** A new execution with the log of another one up to where an operation begins. */
  async restartFrom(log: readonly string[], operationId: string): Promise<string> {
    const fork = forkLog(log, { before: operationId, name: shortName(), randomId: () => systemHost().randomId() });
    return this.addLog(fork.bodies);
  }

  /** Holds a log against the code that runs. */
  async replay(log: readonly string[], options: ReplayOptions): Promise<ReplayAnswer> {
    if (this.#process === undefined) await this.restart();
    if (this.#process === undefined) throw new Error("The worker is not running.");
    return this.#process.replay(log, options);
  }

  /** Holds a log against code that is not to run, in a worker of its own: nothing that runs is touched. */
  async rehearse(
    program: Program,
    log: readonly string[],
    options: ReplayOptions,
  ): Promise<ReplayAnswer | ProgramFailure> {
    this.#rehearsal?.kill();
    const rehearsal = new SandboxProcess(this.#store, this.#events);
    this.#rehearsal = rehearsal;
    try {
      const { failures } = await rehearsal.open({ programs: [program], aheadMs: this.#aheadMs, isToRun: false });
      return failures[0] ?? (await rehearsal.replay(log, options));
    } finally {
      rehearsal.kill();
    }
  }

  kill(): void {
    this.#rehearsal?.kill();
    if (this.#process === undefined) return;
    this.#process.kill();
    this.#process = undefined;
    this.#events.onProcess("killed");
  }

  /** Starts the worker anew, in this tab whichever had it before. */
  async restart(): Promise<LoadReport | undefined> {
    if (!this.#hasLock) {
      await new Promise<void>((resolve) => {
        void this.#hold({ steal: true, onHeld: resolve });
      });
    }
    return this.#open();
  }

  failNextWrite(): void {
    this.#faulty.failNext("append", "REFUSED");
  }

  loseNextAcknowledgement(): void {
    this.#faulty.failNext("append", "UNACKNOWLEDGED");
  }

  duplicateAlarm(executionId: string): void {
    for (let wake = 0; wake < 2; wake++) this.#process?.wake(executionId);
  }

  get isSlow(): boolean {
    return this.#slow.delayMs > 0;
  }

  set isSlow(slow: boolean) {
    this.#slow.delayMs = slow ? SLOW_MS : 0;
  }

  /** Moves the clock of all tabs ahead, to a time in ms since the epoch. */
  skipTo(at: number): void {
    this.#aheadMs += Math.max(0, at - this.now());
    localStorage.setItem(CLOCK_KEY, String(this.#aheadMs));
    this.#tell({ type: "clock" });
    this.#setClock();
  }

  /** How many commits there are. */
  async #lengthOf(executionId: string): Promise<number> {
    let length = 0;
    for (let from: number | undefined = 1; from !== undefined; ) {
      const page: LogPage | undefined = await this.#store.read(executionId, from);
      length += page?.bodies.length ?? 0;
      from = page?.next;
    }
    return length;
  }

  #createClient(): Runner {
    const host = this.#clock.host();
    return new Runner({
      store: this.#store,
      alarm: new MemoryAlarm({ host, wake: () => undefined }),
      host,
      functions: new Map(),
      mayRun: () => false,
      arnOf: ({ id }) => id,
    });
  }

  /** Holds the lock until it is stolen or the tab is gone. */
  async #hold({ steal = false, onHeld }: { steal?: boolean; onHeld?: () => void }): Promise<void> {
    const turn = ++this.#turn;
    if (!steal) this.#events.onProcess("elsewhere");
    try {
      await navigator.locks.request(LOCK, { steal }, async () => {
        // This tab has asked again since, and taken what it asked for.
        if (turn !== this.#turn) return;
        this.#hasLock = true;
        if (onHeld === undefined) this.#open().catch(ignore);
        else onHeld();
        await new Promise(ignore);
      });
    } catch {
      if (turn === this.#turn) this.#lost();
    }
  }

  /** Another tab has taken the worker's place. */
  #lost(): void {
    this.#hasLock = false;
    this.#process?.kill();
    this.#process = undefined;
    this.join();
  }

  async #open(): Promise<LoadReport> {
    this.#process?.kill();
    const opened = new SandboxProcess(this.#faulty, this.#events);
    this.#process = opened;
    this.#events.onProcess("starting");
    const report = await opened.open({ programs: this.shelf.programs, aheadMs: this.#aheadMs, isToRun: true });
    if (this.#process !== opened) return report;
    this.#functionNames = report.functions.map(({ name }) => name);
    this.#events.onLoaded(report);
    this.#events.onProcess("running");
    return report;
  }

  #written(executionId: string): void {
    this.#tell({ type: "written", executionId });
    this.#look(executionId);
  }

  #look(executionId: string): void {
    for (const look of this.#watchers.get(executionId) ?? []) look();
    this.#events.onChange();
  }

  #heed(hint: Hint): void {
    if (hint.type === "written") this.#look(hint.executionId);
    else if (hint.type === "wake") this.#process?.wake(hint.executionId);
    else {
      this.#aheadMs = Number(localStorage.getItem(CLOCK_KEY) ?? 0);
      this.#setClock();
    }
  }

  #setClock(): void {
    this.#clock.set(this.#aheadMs);
    this.#process?.setClock(this.#aheadMs);
  }

  #wakeEverywhere(executionId: string): void {
    this.#process?.wake(executionId);
    this.#tell({ type: "wake", executionId });
  }

  #tell(hint: Hint): void {
    this.#tabs.postMessage(hint);
  }
}

/** For what may happen or not: a worker may be replaced before it is ready, and a lock is held until the tab ends. */
function ignore(): void {}

const NAME_LETTERS = 6;

/** Short enough to read out. */
function shortName(): string {
  return `run-${crypto.randomUUID().slice(0, NAME_LETTERS)}`;
}
