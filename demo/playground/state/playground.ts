/** All that the playground knows, room by room, and what the rooms do together. */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type Breach, breachOf } from "../model/breach.ts";
import { type RunAt, runAt } from "../../../console/views/model/code-run.ts";
import type { ProcessState } from "../../../console/views/ui/story-text.ts";
import { LocalSource } from "../source/local-source.ts";
import { type RemoteOptions, UnlistedFunctionsError } from "../source/remote-source.ts";
import { CodeWatch } from "./code-watch.ts";
import { Connection } from "./connection.ts";
import { Controls } from "./controls.ts";
import { FirstSteps } from "./first-steps.ts";
import { Listing } from "./listing.ts";
import { Notices } from "../../../console/views/model/notices.ts";
import { PageClock } from "./page-clock.ts";
import { Runs } from "./runs.ts";
import { Selection } from "./selection.ts";
import { Workbench } from "./workbench.ts";

/** The views of the execution, and of all of them. */
export const TABS = ["Timeline", "History", "Log", "Executions"] as const;
export type Tab = (typeof TABS)[number];

export class Playground {
  readonly notices: Notices = new Notices();
  readonly bench: Workbench = new Workbench(localStorage);
  readonly firstSteps: FirstSteps = new FirstSteps(localStorage);
  readonly tab: Signal<Tab> = signal("Timeline");
  readonly process: Signal<ProcessState> = signal("starting");
  readonly isSlow: Signal<boolean> = signal(false);
  /** When the worker was killed, while there is no other; ms since the epoch. */
  readonly diedAt: Signal<number | undefined> = signal(undefined);
  readonly clock: PageClock;
  readonly selection: Selection;
  readonly listing: Listing;
  readonly watch: CodeWatch;
  readonly local: LocalSource;
  readonly connection: Connection;
  readonly runs: Runs;
  readonly controls: Controls;
  #isStirring = false;

  constructor() {
    const onError = (error: unknown): void => this.notices.fail(error);
    this.watch = new CodeWatch({
      now: () => this.local.clock.now(),
      isRecorded: (id, operationId) => id === this.selection.id.value && this.#hasTrack(operationId),
      onChange: () => this.#stir(),
      onTrouble: (message) => this.notices.tell(`The storage did not answer (${message}). It is tried again.`),
    });
    this.local = this.#createLocal();
    this.connection = new Connection(this.local, sessionStorage);
    this.clock = new PageClock(() => (this.connection.isRemote ? 0 : this.local.clock.aheadMs));
    this.selection = new Selection(sessionStorage, { onCommit: () => this.#stir(), onError });
    this.listing = new Listing({ source: () => this.connection.source, onError });
    const { local, bench, selection, watch } = this;
    this.runs = new Runs({ local, bench, selection, watch });
    this.controls = new Controls(this);
  }

  /** The time at the commit that is looked at, ms since the epoch. */
  readonly moment: ReadonlySignal<number> = computed(() => {
    const { view, scrub, seq } = this.selection;
    void this.selection.revision.value;
    const { isEnded, commits } = view.value;
    if (scrub.value === undefined && !isEnded) return this.clock.now.value;
    return commits[seq.value - 1]?.at ?? this.clock.now.value;
  });

  /** The run of the code as of that commit. */
  readonly codeRun: ReadonlySignal<RunAt | undefined> = computed(() => {
    const { view, scrub, seq, id, revision } = this.selection;
    void revision.value;
    const isLive = scrub.value === undefined && !this.connection.isRemote;
    return runAt(view.value, seq.value, isLive ? this.watch.sites.current(id.value ?? "") : undefined);
  });

  readonly breach: ReadonlySignal<Breach | undefined> = computed(() => {
    const { view, id, revision } = this.selection;
    void revision.value;
    return breachOf(view.value, this.watch.sites.of(id.value ?? ""));
  });

  /** Takes up where the last visit to this page left off. */
  async begin(): Promise<void> {
    const { bench, clock, connection, firstSteps, listing, local, notices, selection } = this;
    clock.start(() => selection.view.value.header?.status === "RUNNING");
    await notices.attempt(async () => {
      const isTaken = await bench.takeLink(location.hash);
      // Once: after a reload the code is in the editor as it was left, and not as the link has it.
      if (isTaken) history.replaceState(null, "", location.pathname + location.search);
      if (isTaken) notices.tell("This code came with the link. Nothing of it runs yet.");
    });
    local.join();
    const worker = connection.remembered;
    if (worker !== undefined) await notices.attempt(() => this.#connectTo(worker));
    await listing.refresh();
    const rows = listing.rows.value;
    const first = rows.find(({ id }) => id === selection.remembered) ?? (connection.isRemote ? undefined : rows[0]);
    if (first !== undefined) this.select(first.id);
    if (isReload()) firstSteps.reloaded(rows.some(({ status }) => status === "RUNNING"));
  }

  select(id: string): void {
    this.selection.select(id, this.connection.source);
  }

  /** With its code, which a visitor who chooses it wants to see. */
  choose(id: string): void {
    this.select(id);
    if (!this.connection.isRemote) this.bench.showCodeOf(id, this.local.shelf.codeOf(id));
  }

  /** Answers whether it is done, or the functions have to be named; failures are told. */
  async connect(options: RemoteOptions): Promise<"connected" | "unlisted" | "failed"> {
    try {
      await this.#connectTo(options);
      await this.listing.refresh();
      this.tab.value = "Executions";
      this.notices.tell("Connected, until this tab is closed. The token is in this tab's session and in no link.");
      return "connected";
    } catch (error) {
      this.notices.fail(error);
      return error instanceof UnlistedFunctionsError ? "unlisted" : "failed";
    }
  }

  disconnect(): void {
    this.connection.disconnect();
    this.#forgetSource();
    void this.listing.refresh();
  }

  /** Leaves the list; a visitor who looks at the history or the log of an execution goes on doing so. */
  showExecution(): void {
    if (this.tab.value === "Executions") this.tab.value = "Timeline";
  }

  async #connectTo(options: RemoteOptions): Promise<void> {
    await this.connection.connect(options);
    this.#forgetSource();
  }

  #forgetSource(): void {
    batch(() => {
      this.selection.clear();
      this.listing.clear();
      this.clock.look();
    });
  }

  #createLocal(): LocalSource {
    return new LocalSource({
      ...this.watch.events,
      onProcess: (state) => {
        this.process.value = state;
        if (state !== "running") this.watch.sites.end();
        this.diedAt.value = state === "killed" ? this.local.clock.now() : undefined;
        this.#stir();
      },
      onLoaded: (report) => {
        if (!this.connection.isRemote) this.listing.knowFunctions(report.functions.map(({ name }) => name));
        this.#stir();
      },
      onChange: () => this.listing.refreshSoon(),
      onClock: () => this.clock.look(),
    });
  }

  #hasTrack(operationId: string): boolean {
    return this.selection.view.value.track(operationId) !== undefined;
  }

  /** At most once a frame, however fast the log grows. */
  #stir(): void {
    if (this.#isStirring) return;
    this.#isStirring = true;
    requestAnimationFrame(() => {
      this.#isStirring = false;
      batch(() => {
        this.clock.look();
        this.selection.revision.value++;
      });
      if (!this.connection.isRemote && this.process.value === "running") void this.runs.findLines();
    });
  }
}

/** A second tab is no reload. */
function isReload(): boolean {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation instanceof PerformanceNavigationTiming && navigation.type === "reload";
}
