/**
 * One tab among others that share a database. It runs the executions whose lock it holds, queues for the others that it
 * could run, and serves its page whichever tab runs what: starts, callbacks and stops go into the log, and whoever owns
 * the execution is told to look.
 *
 * Nothing hangs on being told. Whoever gets a lock reads the log first; whoever was away, or hears nothing for a minute,
 * looks at everything that runs.
 */

import { eventTasks } from "../../adapters/hosts/drain.ts";
import { platformHost } from "../../adapters/hosts/system-host.ts";
import { type Change, ChangeFeed } from "../../adapters/indexeddb/change-feed.ts";
import { hasDatabases, superseded, unavailable } from "../../adapters/indexeddb/connection.ts";
import { ExecutionLocks } from "../../adapters/indexeddb/execution-locks.ts";
import { type Durability, IndexedDbStore } from "../../adapters/indexeddb/indexeddb-store.ts";
import { PageAlarm } from "../../adapters/indexeddb/page-alarm.ts";
import { PageClock, type PageClockOptions } from "../../adapters/indexeddb/page-clock.ts";
import { BrowserStorageError, BrowserStorageErrorCode } from "../../adapters/indexeddb/storage-error.ts";
import type { Halt } from "../../engine/model/execution.ts";
import type { DirectoryRow, ExecutionStore } from "../../engine/ports/execution-store.ts";
import type { Host } from "../../engine/ports/host.ts";
import type { ExecutionClient } from "../../engine/runner/client.ts";
import { scanAll } from "../../engine/runner/directory-list.ts";
import type { FunctionVersions } from "../../engine/runner/function.ts";
import { Runner } from "../../engine/runner/runner.ts";
import type { RunnerSettings } from "../options/home-options.ts";
import { LiveValue } from "./live-value.ts";
import { Looks } from "./looks.ts";
import { Sweeps } from "./sweeps.ts";
import { tabClient } from "./tab-client.ts";

export interface TabOptions {
  /** Of the database; tabs of one name share executions. */
  readonly name: string;
  readonly settings: RunnerSettings;
  readonly functions: ReadonlyMap<string, FunctionVersions>;
  /** Resolves once `functions` is complete, and rejects if that takes too long; until then nothing is started. */
  readonly ready: () => Promise<unknown>;
  /** For a tab whose functions run in a worker of its own: has an execution claimed there. */
  readonly claimElsewhere?: (id: string) => void;
  /** Told when everything that runs has been looked at. */
  readonly onLooked?: () => void;
  /** For a worker: its own store, and another one where the browser denies it that. */
  readonly storeBehind?: (own: ExecutionStore) => ExecutionStore;
  readonly durability?: Durability;
  readonly clock?: PageClockOptions["worker"];
}

/** How it stands with a tab. */
export type TabStatus =
  /** Not yet known whether the browser gives it storage. */
  | { readonly state: "STARTING" }
  | { readonly state: "RUNNING" }
  /** Frozen, or in the back/forward cache: other tabs run what this one ran. */
  | { readonly state: "AWAY" }
  /** A tab with older code holds the database; it goes on once that tab lets go. */
  | { readonly state: "BLOCKED" }
  /** The browser gives no storage. Tried again now and then. */
  | { readonly state: "UNAVAILABLE"; readonly error: unknown }
  /** A tab with newer code has taken the database over. Reload the page to get that code. */
  | { readonly state: "SUPERSEDED" }
  | { readonly state: "CLOSED" };

/** How often everything that runs is looked at, in ms: where tabs hear of each other, and where they do not. */
const SWEEP_MS = 60_000;
const DEAF_SWEEP_MS = 2_000;
/** How long to let another owner's last commit land after it has fenced the rightful one off. */
const FENCED_PAUSE_MS = 1_000;
const PAGE = 1_000;
const REMOVED_AT_ONCE = 100;
/** How often in a row the browser denies storage before another tab may have what this one holds: for some seconds. */
const DENIALS_TO_LEAVE = 3;

export class Tab {
  readonly status: LiveValue<TabStatus> = new LiveValue<TabStatus>({ state: "STARTING" });
  readonly store: IndexedDbStore;
  /** The same, with what may stand in for it. */
  readonly #executions: ExecutionStore;
  readonly feed: ChangeFeed;
  readonly client: ExecutionClient;
  readonly #options: TabOptions;
  readonly #runner: Runner;
  readonly #clock: PageClock;
  readonly #host: Host;
  readonly #locks: ExecutionLocks;
  readonly #alarm: PageAlarm;
  /** Executions that wait for room, here or in another tab. */
  readonly #pauses = new Map<string, Halt>();
  readonly #looks: Looks;
  readonly #sweeps: Sweeps;
  /** Tells an event through which the tasks go on that a message was to begin. */
  readonly #stirring = new EventTarget();
  /** In a row. */
  #denials = 0;
  /** Site data may have been cleared since this tab has looked. */
  #mayBeCleared = false;

  constructor(options: TabOptions) {
    const { name, durability, clock } = options;
    this.#options = options;
    const { afterMicrotasks, listen } = eventTasks();
    listen(this.#stirring, "stir", () => {});
    const system = platformHost(afterMicrotasks);
    this.#clock = new PageClock({ now: () => system.now(), ...(clock !== undefined && { worker: clock }) });
    this.#host = { ...system, timer: (at, fire) => this.#clock.timer(at, fire) };
    this.feed = new ChangeFeed(`perdure:${name}`, this.#host);
    this.store = new IndexedDbStore({
      name,
      ...(durability && { durability }),
      listen,
      onWrite: (change) => this.feed.announce(change),
      onTaken: () => this.stir(),
      onSuperseded: () => this.#end({ state: "SUPERSEDED" }),
      onBlocked: () => this.status.set({ state: "BLOCKED" }),
    });
    this.#executions = options.storeBehind?.(this.store) ?? this.store;
    this.#looks = new Looks({
      host: this.#host,
      look: (id) => (this.#locks.holds(id) ? this.#runner.wake(id) : this.#runner.refresh(id)),
      onError: (id, error) => this.#tell(id, error),
    });
    this.#sweeps = this.#newSweeps();
    this.#locks = new ExecutionLocks({
      prefix: `perdure:${name}:`,
      onHeld: (id) => void this.#looks.ask(id),
      onLost: (id) => this.#lost(id),
    });
    this.#alarm = new PageAlarm({ host: this.#host, wake: (id) => this.#runner.wake(id) });
    this.#runner = this.#newRunner();
    this.client = tabClient(this.#runner, {
      ready: options.ready,
      pauseOf: this.pauseOf,
      holds: (id) => this.#locks.holds(id),
      claim: (id) => this.claim(id),
      resumeElsewhere: (id) => this.feed.announce({ kind: "resume", id }),
      assertCurrent: () => this.#assertCurrent(),
    });
    this.feed.subscribe((change, from) => this.#changed(change, from));
    options.ready().catch((error: unknown) => this.#tell(undefined, error));
    // Not at once: whoever makes it has a moment to listen.
    queueMicrotask(() => this.comeBack());
  }

  /** Why an execution waits, wherever it runs. */
  readonly pauseOf: (id: string) => Halt | undefined = (id) => this.#pauses.get(id);

  /** Begins, or begins again after having been away: hears of others, and queues for everything that runs. */
  comeBack(): void {
    if (this.#isOver) return;
    if (!hasDatabases()) return this.#denied(unavailable(undefined));
    if (this.status.get().state === "AWAY") {
      this.status.set({ state: "STARTING" });
      this.#mayBeCleared = true;
    }
    this.store.resume();
    this.feed.open();
    this.check();
  }

  /** Leaves everything to other tabs, since this one may not wake up again for long. Nothing here has an effect now. */
  goAway(): void {
    if (this.#isOver) return;
    this.status.set({ state: "AWAY" });
    this.#letGo();
    this.store.pause();
  }

  /** Looks at the clock: for when the page was hidden, and ticks otherwise. */
  checkClock(): void {
    this.#clock.check();
  }

  /** Looks at the clock and at everything that runs: for moments when time may have passed unseen. */
  check(): void {
    if (this.#isDown) return;
    this.checkClock();
    this.#sweeps.ask({ claims: true });
  }

  /**
   * What was stored may be gone, and whoever shows or runs it is to know. Where the server of databases carries messages
   * too, those under way went with it.
   */
  stir(): void {
    if (this.#isDown) return;
    this.#stirring.dispatchEvent(new Event("stir"));
    this.feed.stir();
    this.#mayBeCleared = true;
    this.#sweeps.ask({ claims: this.#locks.areExclusive });
  }

  /** Claims an execution even if this tab has not its function: enough to finish one that has been stopped. */
  claim(id: string): void {
    if (this.#isDown) return;
    const { claimElsewhere } = this.#options;
    if (claimElsewhere === undefined) this.#locks.claim(id);
    else claimElsewhere(id);
  }

  close(): void {
    this.#end({ state: "CLOSED" });
  }

  get #isOver(): boolean {
    const { state } = this.status.get();
    return state === "SUPERSEDED" || state === "CLOSED";
  }

  get #isDown(): boolean {
    return this.#isOver || this.status.get().state === "AWAY";
  }

  #assertCurrent(): void {
    if (!hasDatabases()) throw unavailable(undefined);
    if (this.status.get().state === "SUPERSEDED") throw superseded();
  }

  /** What was under way when the tab ended fails, and is no news. */
  #tell(executionId: string | undefined, error: unknown): void {
    if (!this.#isOver) this.#options.settings.onError(executionId, error);
  }

  #newRunner(): Runner {
    const { functions, settings } = this.#options;
    return new Runner({
      ...settings,
      store: this.#executions,
      host: this.#host,
      functions,
      alarm: {
        // What has ended only waits for its removal, which is the sweep's.
        schedule: (id, at, order) => (this.#locks.holds(id) ? this.#alarm.schedule(id, at, order) : undefined),
        cancel: (id, order) => this.#alarm.cancel(id, order),
      },
      mayRun: (id) => this.#locks.holds(id),
      onFenced: (id) => this.#fenced(id),
      onPause: (id, pause) => this.feed.announce({ kind: "pause", id, pause }),
    });
  }

  #newSweeps(): Sweeps {
    return new Sweeps({
      host: this.#host,
      // Without locks a tab takes over what runs when somebody turns to it, and not all by itself.
      claims: () => this.#locks.areExclusive,
      sweep: (claims) => this.#sweep(claims),
      onFailed: (error) => this.#sweepFailed(error),
      everyMs: () => (this.feed.hearsOthers ? SWEEP_MS : DEAF_SWEEP_MS),
      onDue: () => {
        if (!this.feed.hearsOthers) this.feed.stir();
      },
    });
  }

  #end(status: TabStatus): void {
    if (this.#isOver) return;
    this.status.set(status);
    this.#runner.close();
    this.#letGo();
    this.#locks.close();
    this.store.close();
    this.#clock.close();
  }

  #letGo(): void {
    this.#sweeps.stop();
    this.#leaveAll();
    this.feed.close();
  }

  /** To other tabs. */
  #leaveAll(): void {
    this.#looks.stop();
    for (const id of this.#locks.held()) void this.#runner.standDown(id);
    this.#alarm.forgetAll();
    this.#locks.dropAll();
  }

  #changed(change: Change, from: "here" | "elsewhere"): void {
    if (change.kind === "hello") return this.#greet(from);
    if (change.kind === "row") return this.#rowChanged(change.row, from);
    const { id } = change;
    if (change.kind === "pause") this.#paused(id, change.pause);
    if (change.kind === "removed") this.#forget(id);
    if (change.kind === "resume" && this.#locks.holds(id)) void this.#runner.resume(id);
    if (change.kind !== "commit") return;
    this.#pauses.delete(id);
    if (from === "elsewhere") void this.#looks.ask(id);
  }

  #greet(from: "here" | "elsewhere"): void {
    if (from === "here") return;
    for (const [id, pause] of this.#pauses) if (this.#locks.holds(id)) this.feed.announce({ kind: "pause", id, pause });
  }

  #rowChanged(row: DirectoryRow, from: "here" | "elsewhere"): void {
    if (row.status !== "RUNNING") return this.#forget(row.id);
    if (from === "here" || this.#locks.areExclusive) this.#claimIfRunnable(row);
    if (from === "elsewhere") void this.#looks.ask(row.id);
  }

  #paused(id: string, pause: Halt | undefined): void {
    if (pause === undefined) this.#pauses.delete(id);
    else this.#pauses.set(id, pause);
  }

  #forget(id: string): void {
    this.#locks.drop(id);
    this.#alarm.forget(id);
    this.#pauses.delete(id);
    void this.#looks.ask(id);
  }

  #claimIfRunnable({ id, functionName, version }: DirectoryRow): void {
    if (this.#options.functions.get(functionName)?.versions.has(version) === true) this.claim(id);
  }

  #lost(id: string): void {
    void this.#runner.standDown(id);
    this.#alarm.forget(id);
    this.claim(id);
  }

  /** With locks it was the last word of a tab that has lost its own. Without, another tab runs it now, and may. */
  #fenced(id: string): void {
    if (!this.#locks.areExclusive) return this.#forget(id);
    this.#host.timer(this.#host.now() + FENCED_PAUSE_MS, () => void this.#looks.ask(id));
  }

  async #sweep(claims: boolean): Promise<void> {
    await this.#visitRunning(claims);
    if (!this.#isDown) this.#given();
    this.#options.onLooked?.();
    await this.#removeExpired();
  }

  async #visitRunning(claims: boolean): Promise<void> {
    const held = new Set(this.#locks.held());
    for await (const row of scanAll({ status: "RUNNING", limit: PAGE }, (scan) => this.#executions.list(scan))) {
      if (this.#isDown) return;
      if (claims) this.#claimIfRunnable(row);
      if (held.delete(row.id)) void this.#looks.ask(row.id);
    }
    // Held before the list was read and not in it: removed by somebody while this tab did not listen.
    for (const id of held) this.#forget(id);
  }

  async #removeExpired(): Promise<void> {
    const now = Math.min(this.#host.now(), steadyNow());
    for (const { id, incarnation } of await this.#executions.expired(now, REMOVED_AT_ONCE)) {
      if (this.#isDown) return;
      await this.#executions.remove(id, incarnation);
    }
  }

  #sweepFailed(error: unknown): void {
    if (this.#isDown) return;
    const isUnavailable = error instanceof BrowserStorageError && error.code === BrowserStorageErrorCode.UNAVAILABLE;
    if (isUnavailable) this.#denied(error);
    else this.#tell(undefined, error);
  }

  #given(): void {
    const { state } = this.status.get();
    this.#denials = 0;
    // Not before there is a database again: until then a new window has the locks of before as well.
    if (this.#mayBeCleared) void this.#locks.renew();
    this.#mayBeCleared = false;
    if (state === "RUNNING") return;
    this.status.set({ state: "RUNNING" });
    // Views have read nothing meanwhile.
    if (state === "UNAVAILABLE") this.feed.stir();
  }

  /** Tells of it once, however often it is tried again. A browser may deny to one tab what it gives to another. */
  #denied(error: BrowserStorageError): void {
    const wasDenied = this.status.get().state === "UNAVAILABLE";
    this.status.set({ state: "UNAVAILABLE", error });
    if (!wasDenied && isPage()) this.#tell(undefined, error);
    if (++this.#denials === DENIALS_TO_LEAVE && this.#locks.areExclusive) this.#leaveAll();
  }
}

/** The time as the page knew it when it was loaded, and went on from there: a clock that is set must not end a retention. */
function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}

/** A page has documents, and its worker has an address. Elsewhere a page is being rendered before it is one. */
function isPage(): boolean {
  return typeof location !== "undefined";
}
