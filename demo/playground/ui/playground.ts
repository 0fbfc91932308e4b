/** All that the playground knows, as signals, and all that its controls do. The components only show and call. */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ExecutionFile } from "perdure/browser";
import type { CallbackOutcome, DirectoryRow, ExecutionStatus } from "perdure/engine";
import { compile } from "../editor/compile.ts";
import type { Example } from "../examples/catalogue.ts";
import { type Breach, breachOf, partingOf } from "../model/breach.ts";
import { CallSites } from "../model/call-sites.ts";
import { type RunAt, runAt } from "../model/code-run.ts";
import { ExecutionView } from "../model/execution-view.ts";
import { fromHash, toHash } from "../model/share-link.ts";
import type { ProgramFailure } from "../sandbox/protocol.ts";
import type { LoadReport } from "../sandbox/sandbox-process.ts";
import type { ExecutionSource, ProcessState } from "../source/execution-source.ts";
import { LocalSource } from "../source/local-source.ts";
import { type RemoteOptions, RemoteSource, UnlistedFunctionsError } from "../source/remote-source.ts";
import { type Draft, Drafts } from "./drafts.ts";
import { FirstSteps } from "./first-steps.ts";
import { moment } from "./labels.ts";

export interface CodeError {
  readonly message: string;
  readonly line: number | undefined;
}

/** Something to tell whoever sits there. What went wrong stays until it was read. */
export interface Notice {
  readonly text: string;
  readonly isError: boolean;
}

/** Whether the code of the editor makes the calls of a log. */
export interface Verdict {
  readonly matches: boolean;
  /** The commit up to which it was replayed. */
  readonly seq: number;
  readonly difference: string;
  /** Set when the code calls something else than the log has. */
  readonly parting: Breach | undefined;
}

/** What is shown of the execution, or of all of them. */
export const TABS = ["Timeline", "History", "Log", "Executions"] as const;
export type Tab = (typeof TABS)[number];

const SELECTED_KEY = "perdure.playground.selected";

export class Playground {
  readonly #drafts = new Drafts(localStorage);
  readonly draft: ReadonlySignal<Draft> = this.#drafts.current;
  readonly process: Signal<ProcessState> = signal("starting");
  readonly rows: Signal<readonly DirectoryRow[]> = signal([]);
  readonly status: Signal<ExecutionStatus | undefined> = signal(undefined);
  readonly functionName: Signal<string> = signal("");
  readonly selected: Signal<string | undefined> = signal(undefined);
  readonly view: Signal<ExecutionView> = signal(new ExecutionView());
  /** Counts what has come to be known: the view is changed in place. */
  readonly revision: Signal<number> = signal(0);
  /** The commit that is looked at; undefined follows the newest. */
  readonly scrub: Signal<number | undefined> = signal(undefined);
  readonly tab: Signal<Tab> = signal("Timeline");
  readonly operationId: Signal<string | undefined> = signal(undefined);
  readonly notice: Signal<Notice | undefined> = signal(undefined);
  readonly codeError: Signal<CodeError | undefined> = signal(undefined);
  readonly isRemote: Signal<boolean> = signal(false);
  readonly isSlow: Signal<boolean> = signal(false);
  /** The clock of the executions, ms since the epoch; it moves while something is to be seen of it. */
  readonly now: Signal<number> = signal(Date.now());
  /** When the worker was killed, while there is no other; ms since the epoch. */
  readonly diedAt: Signal<number | undefined> = signal(undefined);
  /** The functions that executions may be of. */
  readonly functionNames: Signal<readonly string[]> = signal([]);
  readonly firstSteps: FirstSteps = new FirstSteps(localStorage);
  readonly sites: CallSites = new CallSites();
  readonly local: LocalSource;
  readonly seq: ReadonlySignal<number> = computed(() => {
    void this.revision.value;
    return this.scrub.value ?? this.view.value.length;
  });
  /** The time at the commit that is looked at, ms since the epoch. */
  readonly moment: ReadonlySignal<number> = computed(() => {
    const { isEnded, commits } = this.view.value;
    if (this.scrub.value === undefined && !isEnded) return this.now.value;
    return commits[this.seq.value - 1]?.at ?? this.now.value;
  });
  /** The run of the code as of that commit. */
  readonly codeRun: ReadonlySignal<RunAt | undefined> = computed(() => {
    void this.revision.value;
    const seq = this.seq.value;
    const isLive = this.scrub.value === undefined && !this.isRemote.value;
    return runAt(this.view.value, seq, isLive ? this.sites.current(this.selected.value ?? "") : undefined);
  });
  readonly breach: ReadonlySignal<Breach | undefined> = computed(() => {
    void this.revision.value;
    return breachOf(this.view.value, this.sites.of(this.selected.value ?? ""));
  });
  /** What came of holding the selected log against the code of the editor. */
  readonly verdict: Signal<Verdict | undefined> = signal(undefined);
  #source: ExecutionSource;
  #leave: () => void = () => undefined;
  #isStirring = false;
  #isListing = false;

  constructor() {
    this.local = new LocalSource({
      onProcess: (state) => {
        this.process.value = state;
        if (state !== "running") this.sites.end();
        this.diedAt.value = state === "killed" ? this.#clock() : undefined;
        this.#stir();
      },
      onLoaded: (report) => this.#loaded(report),
      onBegan: ({ executionId, seq }) => {
        this.sites.begin(executionId, { seq, at: this.#clock() });
        this.#stir();
      },
      onReached: ({ executionId, id, ...site }) => {
        const isRecorded = executionId === this.selected.value && this.view.value.track(id) !== undefined;
        this.sites.reach(executionId, id, { site, isRecorded });
        this.#stir();
      },
      onRan: (executionId, id) => {
        this.sites.run(executionId, id);
        this.#stir();
      },
      onTrouble: (_executionId, message) => this.tell(`The storage did not answer (${message}). It is tried again.`),
      onChange: () => this.#listSoon(),
    });
    this.#source = this.local;
    setInterval(() => this.#tick(), TICK_MS);
  }

  /** Takes up where the last visit to this page left off. */
  async begin(): Promise<void> {
    const shared = await fromHash(location.hash);
    if (shared !== undefined) this.#drafts.show(shared);
    this.local.join();
    await this.list();
    const kept = sessionStorage.getItem(SELECTED_KEY);
    const first = this.rows.value.find(({ id }) => id === kept) ?? this.rows.value[0];
    if (first !== undefined) this.select(first.id);
    if (isReload()) this.firstSteps.reloaded(this.rows.value.some(({ status }) => status === "RUNNING"));
  }

  /** Puts the code that the file had before into the editor again. */
  putBack(code: string): void {
    this.edit({ code });
    this.tell("The earlier code is in the editor again. Resume goes on with it.");
  }

  edit(change: Partial<Draft>): void {
    this.#drafts.edit(change);
    this.codeError.value = undefined;
  }

  open(example: Example): void {
    this.#drafts.open(example);
    this.codeError.value = undefined;
  }

  /** Puts an example back to how it was written. */
  reset(example: Example): void {
    this.#drafts.reset(example);
    this.codeError.value = undefined;
  }

  /** Starts an execution of the code as it stands. */
  run(): Promise<void> {
    return this.#attempt(async () => {
      const { payload } = this.draft.value;
      readPayload(payload);
      const report = await this.#load();
      const name = report ?? this.#firstFunction();
      this.select(await this.local.start(name, payload));
      this.firstSteps.ran();
      this.#showExecution();
      this.tell("Started. Every result is in the log before the code goes on.");
    });
  }

  /** Starts a function at the Worker. */
  startRemote(name: string): Promise<void> {
    return this.#attempt(async () => {
      const { payload } = this.draft.value;
      readPayload(payload);
      this.select(await this.#source.start(name, payload));
      this.#showExecution();
      await this.list();
      this.tell("Started at the Worker.");
    });
  }

  kill(): void {
    this.local.kill();
    this.firstSteps.killed();
    this.tell("Killed. What the worker had in memory is gone; the log is not.");
  }

  /** Starts the worker again, with the code of the editor. */
  restart(): Promise<void> {
    return this.#attempt(async () => {
      const program = this.#compile();
      this.local.shelf.put(program);
      await this.local.restart();
      this.firstSteps.restarted();
      this.tell("A new worker runs the code from the top. What the log has, it does not do again.");
    });
  }

  /** Goes on with a halted execution, with the code of the editor. */
  resume(): Promise<void> {
    return this.#attempt(async () => {
      const id = this.#selectedId();
      if (!this.isRemote.value) await this.local.load(this.#compile());
      await this.#source.resume(id);
      this.tell("Resumed.");
    });
  }

  /** The code that the file had before the present one. */
  get previousCode(): string | undefined {
    return this.local.shelf.previousCode(this.draft.value.file);
  }

  select(id: string): void {
    this.#leave();
    const view = new ExecutionView();
    batch(() => {
      this.selected.value = id;
      this.view.value = view;
      this.scrub.value = undefined;
      this.operationId.value = undefined;
      this.verdict.value = undefined;
      this.revision.value++;
    });
    sessionStorage.setItem(SELECTED_KEY, id);
    this.#leave = this.#source.watch(id, {
      onCommit: (body) => {
        view.add(body);
        this.#stir();
      },
      onError: (error) => this.warn(textOf(error)),
    });
  }

  async list(): Promise<void> {
    try {
      const [functionName, status] = [this.functionName.value.trim(), this.status.value];
      const [rows, names] = await Promise.all([
        this.#source.list({
          ...(functionName === "" ? {} : { functionName }),
          ...(status === undefined ? {} : { status }),
        }),
        this.#source.functionNames(),
      ]);
      batch(() => {
        this.rows.value = rows;
        this.#knowFunctions([...names, ...rows.map((row) => row.functionName)]);
      });
    } catch (error) {
      this.warn(textOf(error));
    }
  }

  stop(): Promise<void> {
    return this.#attempt(async () => {
      await this.#source.stop(this.#selectedId());
      this.tell("Stopped.");
    });
  }

  purge(): Promise<void> {
    return this.#attempt(async () => {
      await this.local.purge(this.#selectedId());
      this.#leave();
      batch(() => {
        this.selected.value = undefined;
        this.view.value = new ExecutionView();
        this.revision.value++;
      });
      await this.list();
      this.tell("Purged: its log is gone.");
    });
  }

  restartFrom(operationId: string): Promise<void> {
    return this.#attempt(async () => {
      this.select(await this.local.restartFrom(this.view.value.bodies, operationId));
      this.tell("A new execution, with the log of the old one up to there.");
    });
  }

  completeCallback(callbackId: string, outcome: CallbackOutcome): Promise<void> {
    return this.#attempt(async () => {
      await this.#source.completeCallback(callbackId, outcome);
      this.tell(outcome.type === "HEARTBEAT" ? "Heartbeat sent." : "The callback is completed.");
    });
  }

  /** How far the clock of the executions is ahead of the real one, in ms. */
  get aheadMs(): number {
    return this.isRemote.value ? 0 : Math.max(0, this.now.value - Date.now());
  }

  /** Moves the clock to when the execution goes on by itself. */
  skipTime(): void {
    const at = this.view.value.nextTimer;
    if (at === undefined || at <= this.local.now()) return this.tell("Nothing waits for a time.");
    this.local.skipTo(at);
    this.tell(`The clock is now at ${moment(at)}.`);
  }

  slow(isSlow: boolean): void {
    this.local.isSlow = isSlow;
    this.isSlow.value = isSlow;
    this.tell(isSlow ? "Each write takes most of a second." : "Writes are fast again.");
  }

  duplicateAlarm(): void {
    this.local.duplicateAlarm(this.selected.value ?? "");
    this.tell("The alarm went off twice. A wake is a hint: the log decides what is due.");
  }

  failNextWrite(): void {
    this.local.failNextWrite();
    this.tell("The next write will be refused, and tried again.");
  }

  loseAcknowledgement(): void {
    this.local.loseNextAcknowledgement();
    this.tell("The next write will land, and its answer will be lost.");
  }

  /** Holds the selected log against the code of the editor. */
  replay(): Promise<void> {
    return this.#attempt(async () => {
      const { header, bodies } = this.view.value;
      const answer = await this.local.rehearse(this.#compile(), bodies, {
        functionName: header?.functionName ?? "",
        fromEveryCommit: bodies.length <= MOST_PREFIXES,
      });
      if (!("matches" in answer)) throw this.#unloadable(answer);
      const { matches, seq = 0, difference = "" } = answer;
      const parting = matches ? undefined : partingOf(difference, this.view.value, this.sites.of(this.#selectedId()));
      this.verdict.value = { matches, seq, difference, parting };
    });
  }

  exportLog(): { readonly name: string; readonly text: string } {
    const { bodies, header } = this.view.value;
    const file: ExecutionFile = { format: "perdure-execution", version: 1, log: bodies };
    return { name: `${header?.name ?? "execution"}.json`, text: `${JSON.stringify(file, null, 1)}\n` };
  }

  importLog(text: string): Promise<void> {
    return this.#attempt(async () => {
      const { log } = JSON.parse(text) as Partial<Record<keyof ExecutionFile, unknown>>;
      if (!Array.isArray(log) || !log.every((body) => typeof body === "string")) {
        throw new Error("This file holds no log of an execution.");
      }
      this.select(await this.local.addLog(log));
      this.tell("Imported, under a name of its own.");
    });
  }

  /** A link to the code of the editor. */
  async share(): Promise<string> {
    const url = new URL(location.href);
    url.hash = await toHash(this.draft.value);
    return url.href;
  }

  /** Answers whether it is done, or the functions have to be named; failures are told. */
  async connect(options: RemoteOptions): Promise<"connected" | "unlisted" | "failed"> {
    try {
      const source = new RemoteSource(options);
      await source.list({});
      this.#switchTo(source);
      await this.list();
      this.tab.value = "Executions";
      this.tell("Connected. The credential stays in this tab's memory.");
      return "connected";
    } catch (error) {
      this.warn(textOf(error));
      return error instanceof UnlistedFunctionsError ? "unlisted" : "failed";
    }
  }

  disconnect(): void {
    this.#switchTo(this.local);
    void this.list();
  }

  tell(text: string): void {
    this.notice.value = { text, isError: false };
  }

  /** What somebody has to read. */
  warn(text: string): void {
    this.notice.value = { text, isError: true };
  }

  dismiss(): void {
    this.notice.value = undefined;
  }

  /** False if the worker has no function for the selected execution. */
  get hasCode(): boolean {
    const { header } = this.view.value;
    if (header === undefined || this.isRemote.value || this.process.value !== "running") return true;
    return this.#functions.some(({ name }) => name === header.functionName);
  }

  /** Leaves the list; whoever looks at the history or the log of an execution goes on doing so. */
  #showExecution(): void {
    if (this.tab.value === "Executions") this.tab.value = "Timeline";
  }

  #switchTo(source: ExecutionSource): void {
    this.#leave();
    this.#source = source;
    batch(() => {
      this.isRemote.value = source.kind === "remote";
      this.selected.value = undefined;
      this.view.value = new ExecutionView();
      this.rows.value = [];
      this.functionNames.value = [];
      this.functionName.value = "";
      this.status.value = undefined;
      this.revision.value++;
    });
  }

  #compile(): { readonly file: string; readonly script: string; readonly code: string } {
    const { file, code } = this.draft.value;
    const compiled = compile(code);
    if ("script" in compiled) return { file, code, script: compiled.script };
    const line = code.slice(0, compiled.problem.from).split("\n").length;
    this.codeError.value = { message: compiled.problem.message, line };
    throw new Error(`Line ${line}: ${compiled.problem.message}`);
  }

  /** Loads the editor's code; answers its first function if it had to be loaded anew. */
  async #load(): Promise<string | undefined> {
    const program = this.#compile();
    const report = await this.local.load(program);
    if (report === undefined) return undefined;
    const failure = report.failures.find(({ file }) => file === program.file);
    if (failure !== undefined) throw this.#unloadable(failure);
    return this.#firstFunction();
  }

  /** Shows at its line why code could not be loaded. */
  #unloadable({ message, line }: ProgramFailure): Error {
    this.codeError.value = { message, line };
    return new Error(message);
  }

  #firstFunction(): string {
    const { file } = this.draft.value;
    const found = this.#functions.find((each) => each.file === file);
    if (found === undefined) throw new Error("The code exports no function: export what withDurableExecution returns.");
    return found.name;
  }

  #functions: LoadReport["functions"] = [];

  #loaded(report: LoadReport): void {
    this.#functions = report.functions;
    this.#knowFunctions(report.functions.map(({ name }) => name));
    this.#stir();
  }

  #selectedId(): string {
    const id = this.selected.value;
    if (id === undefined) throw new Error("No execution is selected.");
    return id;
  }

  /** Finds the lines of an execution that ended before this page was opened: by replaying it, which runs no step. */
  async #findLines(): Promise<void> {
    const { header, bodies, isEnded } = this.view.value;
    const id = this.selected.value;
    if (id === undefined || !isEnded || this.isRemote.value || this.process.value !== "running") return;
    const isLoaded = this.#functions.some(({ name }) => name === header?.functionName);
    if (!isLoaded || this.sites.has(id) || this.#traced.has(id)) return;
    this.#traced.add(id);
    await this.local.replay(bodies, { functionName: header?.functionName ?? "" }).catch(() => undefined);
  }

  readonly #traced = new Set<string>();

  /** A list that is filtered does not show the other functions, which are still there. */
  #knowFunctions(names: readonly string[]): void {
    const known = new Set([...this.functionNames.value, ...names]);
    if (known.size > this.functionNames.value.length) this.functionNames.value = [...known].toSorted();
  }

  #tick(): void {
    if (this.view.value.header?.status === "RUNNING" && !document.hidden) this.now.value = this.#clock();
  }

  #clock(): number {
    return this.isRemote.value ? Date.now() : this.local.now();
  }

  /** At most once a frame, however fast the log grows. */
  #stir(): void {
    if (this.#isStirring) return;
    this.#isStirring = true;
    requestAnimationFrame(() => {
      this.#isStirring = false;
      batch(() => {
        this.now.value = this.#clock();
        this.revision.value++;
      });
      void this.#findLines();
    });
  }

  #listSoon(): void {
    if (this.#isListing) return;
    this.#isListing = true;
    setTimeout(() => {
      this.#isListing = false;
      if (!this.isRemote.value) void this.list();
    }, LIST_DELAY_MS);
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.warn(textOf(error));
    }
  }
}

/** Replaying from every commit costs the square of the log's length. */
const MOST_PREFIXES = 200;

const LIST_DELAY_MS = 200;
/** Often enough for tenths of a second to be believed. */
const TICK_MS = 250;

/** A second tab is none. */
function isReload(): boolean {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation instanceof PerformanceNavigationTiming && navigation.type === "reload";
}

function readPayload(text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Error(`The payload is not JSON: ${textOf(error)}`, { cause: error });
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
