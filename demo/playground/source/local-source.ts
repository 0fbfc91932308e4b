/**
 * The executions of this browser. The page keeps the log and speaks for the outside world; the functions run in
 * sandboxed workers that can be killed.
 */

import {
  type CallbackOutcome,
  type DirectoryRow,
  executionIdOfCallback,
  type ExecutionHeader,
  type DurableFunction,
  type ExecutionStore,
  type FunctionVersions,
  type LogPage,
  Runner,
  scanAll,
  type StartRequest,
} from "perdure/engine";
import { MemoryAlarm, systemHost } from "perdure/memory";
import { FaultyStore } from "perdure/testing";
import { importedLog, rowOf } from "../model/imported-log.ts";
import type { Program } from "../sandbox/protocol.ts";
import { type ExecutionSource, LIST_LIMIT, type ListFilter, type StartAs } from "./execution-source.ts";
import type { LogListener } from "../../../console/views/wire/follow-log.ts";
import type { ProcessState } from "../../../console/views/ui/story-text.ts";
import { ObservedStore } from "./observed-store.ts";
import { openStore } from "./open-store.ts";
import { ProgramShelf } from "./program-shelf.ts";
import { SharedClock } from "./shared-clock.ts";
import { SlowStore } from "./slow-store.ts";
import { TabSeat } from "./tab-seat.ts";
import { type PoolEvents, WorkerPool } from "./worker-pool.ts";

export interface LocalEvents extends PoolEvents {
  readonly onProcess: (state: ProcessState) => void;
  /** The list of executions may have changed. */
  readonly onChange: () => void;
  /** The clock was set, in this tab or in another one. */
  readonly onClock: () => void;
}

type Hint = { readonly type: "written" | "wake"; readonly executionId: string } | { readonly type: "clock" };

/** A function with its event as JSON text, and what the execution is started with. */
interface StartIn extends StartAs {
  readonly functionName: string;
  readonly input: string;
}

/** The delay of each write while the storage is slow, in ms. */
const SLOW_MS = 800;
const CLEAR_LIMIT = 100;

export class LocalSource implements ExecutionSource {
  readonly kind = "local";
  readonly shelf: ProgramShelf = new ProgramShelf(localStorage);
  readonly clock: SharedClock = new SharedClock(localStorage);
  readonly pool: WorkerPool;
  readonly #events: LocalEvents;
  readonly #database = openStore();
  readonly #store: ExecutionStore;
  readonly #slow: SlowStore;
  readonly #faulty: FaultyStore;
  /** Those that were forked: that they are there is all that this page has to know of them. */
  readonly #functions = new Map<string, FunctionVersions>();
  readonly #client: Runner;
  readonly #tabs = new BroadcastChannel("perdure.playground");
  readonly #watchers = new Map<string, Set<() => void>>();
  readonly #seat: TabSeat;

  constructor(events: LocalEvents) {
    this.#events = events;
    this.#store = new ObservedStore(this.#database, (id) => this.#written(id));
    this.#slow = new SlowStore(this.#store);
    this.#faulty = new FaultyStore(this.#slow);
    this.pool = new WorkerPool({
      ...{ store: this.#faulty, shelf: this.shelf, events },
      aheadMs: () => this.clock.aheadMs,
    });
    this.#client = this.#createClient();
    this.#tabs.onmessage = ({ data }: MessageEvent<Hint>) => this.#heed(data);
    this.#seat = new TabSeat({
      onSeated: () => void this.pool.open().catch(ignore),
      onLost: () => {
        this.pool.kill();
        this.join();
      },
    });
  }

  /** Starts the worker in this tab as soon as no other tab has it, and clears away what ended long ago. */
  join(): void {
    this.#events.onProcess("elsewhere");
    this.#seat.wait();
    this.#clear().catch(ignore);
  }

  async functionNames(): Promise<readonly string[]> {
    return this.pool.functionNames;
  }

  async list({ functionName, status, tag }: ListFilter): Promise<readonly DirectoryRow[]> {
    const { rows } = await this.#client.list({
      limit: LIST_LIMIT,
      reverse: true,
      ...(functionName === undefined ? {} : { functionName }),
      ...(status === undefined ? {} : { statuses: [status] }),
      ...(tag === undefined ? {} : { tags: Object.fromEntries([tag]) }),
    });
    return rows;
  }

  /** When the first of the scheduled executions begins, ms since the epoch; undefined if none is. */
  async nextStart(): Promise<number | undefined> {
    const now = this.clock.now();
    let first: number | undefined;
    for await (const { startAt, halted } of scanAll({ status: "RUNNING", limit: LIST_LIMIT }, (scan) =>
      this.#store.list(scan),
    )) {
      const isToCome = halted !== true && startAt !== undefined && startAt > now;
      if (isToCome && startAt < (first ?? Infinity)) first = startAt;
    }
    return first;
  }

  watch(executionId: string, { onCommit, onError }: LogListener): () => void {
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

  /** Makes a file's code the one that its functions run with; the worker starts again if it is other code. */
  async load(program: Program): Promise<void> {
    this.#shelve(program);
    if (!this.pool.isOpen) await this.#open();
    else if (!this.pool.runs(program)) await this.pool.reopen(program);
  }

  /** Starts the workers anew, in this tab whichever had them before, with this code among theirs. */
  async restart(program: Program): Promise<void> {
    this.#shelve(program);
    await this.#open();
  }

  /** Lets somebody else's code, which ran at an earlier visit, go on. */
  async admit(program: Program): Promise<void> {
    this.pool.admit(program.file);
    if (!this.pool.isOpen) await this.#open();
    else await this.pool.reopen(program);
  }

  /** Starts a function of a program that is loaded. */
  async startIn(program: Program, { functionName, ...rest }: StartIn): Promise<string> {
    const request: StartRequest = { functionName, ...rest, name: shortName() };
    // Code that never lets go keeps the worker from answering; the log tells that it has begun.
    const begun = Promise.withResolvers<string>();
    const id = `${functionName}/${request.name}`;
    const leave = this.watch(id, { onCommit: () => begun.resolve(id), onError: begun.reject });
    this.pool.start(program, request).then(begun.resolve, begun.reject);
    return begun.promise.finally(leave);
  }

  async completeCallback(callbackId: string, outcome: CallbackOutcome): Promise<void> {
    await this.#client.completeCallback(callbackId, outcome);
    const executionId = executionIdOfCallback(callbackId);
    if (executionId !== undefined) this.#wakeEverywhere(executionId);
  }

  async stop(executionId: string): Promise<void> {
    await this.#client.stop(executionId);
    const header: ExecutionHeader = await this.#client.describe(executionId);
    // The process that runs an execution keeps its row; with no worker there is none. An execution with a parent has to
    // wait for a worker.
    if (header.parent === undefined) await this.#store.putRow(rowOf(header, await this.#lengthOf(executionId)));
    this.#wakeEverywhere(executionId);
  }

  async resume(executionId: string): Promise<void> {
    await this.#client.resume(executionId);
    this.#wakeEverywhere(executionId);
  }

  async pause(executionId: string): Promise<void> {
    await this.#client.pause(executionId);
    this.#wakeEverywhere(executionId);
  }

  async rewind(executionId: string, operationId: string): Promise<void> {
    await this.#client.rewind(executionId, { operationId });
    this.#wakeEverywhere(executionId);
  }

  /** Removes an execution and its log. */
  async purge(executionId: string): Promise<void> {
    await this.#client.stop(executionId).catch(ignore);
    await this.#database.remove(executionId);
    this.shelf.forget(executionId);
    this.#written(executionId);
  }

  /**
   * A new execution with what another one had recorded before an operation. It belongs to the worker of this program
   * from the beginning. Answers its id.
   */
  async fork(executionId: string, operationId: string, program: Program): Promise<string> {
    const { functionName, version } = await this.#client.describe(executionId);
    const name = shortName();
    const id = `${functionName}/${name}`;
    this.#functions.set(functionName, { latest: version, versions: new Map([[version, RUNS_ELSEWHERE]]) });
    this.shelf.bind(id, program);
    try {
      await this.#client.fork(executionId, { name, operationId });
    } catch (error) {
      this.shelf.forget(id);
      throw error;
    }
    this.#wakeEverywhere(id);
    return id;
  }

  /** Puts a log where executions are, under a name of its own. Answers its id. */
  async addLog(log: readonly string[]): Promise<string> {
    const { row, bodies } = importedLog(log, { name: shortName(), randomId: () => systemHost().randomId() });
    await this.#database.restore(row, bodies);
    this.#written(row.id);
    this.#wakeEverywhere(row.id);
    return row.id;
  }

  /** False if no worker ran here. */
  kill(): void {
    if (this.pool.kill()) this.#events.onProcess("killed");
  }

  failNextWrite(): void {
    this.#faulty.failNext("append", "REFUSED");
  }

  loseNextAcknowledgement(): void {
    this.#faulty.failNext("append", "UNACKNOWLEDGED");
  }

  duplicateAlarm(executionId: string): void {
    for (let wake = 0; wake < 2; wake++) this.pool.wake(executionId);
  }

  get isSlow(): boolean {
    return this.#slow.delayMs > 0;
  }

  set isSlow(slow: boolean) {
    this.#slow.delayMs = slow ? SLOW_MS : 0;
  }

  /** Moves the clock of all tabs ahead, to a time in ms since the epoch. */
  skipTo(at: number): void {
    this.clock.skipTo(at);
    this.#clockSet();
  }

  /** Sets the clock of all tabs to the real time. */
  putClockBack(): void {
    this.clock.putBack();
    this.#clockSet();
  }

  #shelve(program: Program): void {
    if (program.isForeign === true) this.pool.admit(program.file);
    this.shelf.put(program);
  }

  async #open(): Promise<void> {
    await this.#seat.take();
    await this.pool.open();
  }

  /** By the real clock: whoever has put this one ahead still wants to see what came of it. */
  async #clear(): Promise<void> {
    const old = await this.#database.expired(Date.now(), CLEAR_LIMIT);
    for (const { id, incarnation } of old) await this.#database.remove(id, incarnation);
    this.#events.onChange();
  }

  /** The number of commits. */
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
    const host = this.clock.host();
    return new Runner({
      store: this.#store,
      alarm: new MemoryAlarm({ host, wake: () => undefined }),
      host,
      functions: this.#functions,
      mayRun: () => false,
      arnOf: ({ id }) => id,
    });
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
    if (hint.type === "written") return this.#look(hint.executionId);
    if (hint.type === "wake") return this.pool.wake(hint.executionId);
    this.clock.reread();
    this.pool.setClock(this.clock.aheadMs);
    this.#events.onClock();
  }

  #clockSet(): void {
    this.#tell({ type: "clock" });
    this.pool.setClock(this.clock.aheadMs);
    this.#events.onClock();
  }

  #wakeEverywhere(executionId: string): void {
    this.pool.wake(executionId);
    this.#tell({ type: "wake", executionId });
  }

  #tell(hint: Hint): void {
    this.#tabs.postMessage(hint);
  }
}

/** The code is in a worker: nothing is invoked in the page. */
const RUNS_ELSEWHERE: DurableFunction = {
  kind: "durable",
  invoke: () => {
    throw new Error("Functions run in a worker, not in the page.");
  },
};

/** For what may happen or not: a worker may be replaced before it is ready. */
function ignore(): void {}

const NAME_LETTERS = 6;

/** Short enough to read out. */
function shortName(): string {
  return `run-${crypto.randomUUID().slice(0, NAME_LETTERS)}`;
}
