/**
 * The sandboxed workers of this tab: one for all code of one's own, and one for each file that came with a link, which
 * has no network and of all executions only its own. Somebody else's code runs when it was told to in this visit.
 */

import { type ExecutionStore, type StartRequest, scanAll } from "perdure/engine";
import type { LoadedFunction, Program, ProgramFailure } from "../sandbox/protocol.ts";
import {
  type LoadReport,
  type ReplayAnswer,
  type ReplayOptions,
  type SandboxEvents,
  SandboxProcess,
} from "../sandbox/sandbox-process.ts";
import type { ProcessState } from "../../../console/views/ui/story-text.ts";
import type { ProgramShelf } from "./program-shelf.ts";
import { StorePort } from "./store-port.ts";

export interface PoolEvents extends SandboxEvents {
  readonly onProcess: (state: ProcessState) => void;
  readonly onLoaded: (report: LoadReport) => void;
}

export interface PoolOptions {
  readonly store: ExecutionStore;
  readonly shelf: ProgramShelf;
  readonly aheadMs: () => number;
  readonly events: PoolEvents;
}

/** A worker with what it runs and what it may reach. */
interface Room {
  readonly process: SandboxProcess;
  readonly port: StorePort;
  readonly programs: readonly Program[];
  report?: LoadReport;
}

/** The room of one's own code; others are called by their file. */
const OWN = "";

export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #rooms = new Map<string, Room>();
  /** Files of somebody else's that may run in this visit. */
  readonly #admitted = new Set<string>();
  /** Killed with the others, because code may never let go here too. */
  #rehearsal: SandboxProcess | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#rooms.size > 0;
  }

  /** The functions that run here. */
  get functionNames(): readonly string[] {
    return [...this.#rooms.values()].flatMap(({ report }) => report?.functions.map(({ name }) => name) ?? []);
  }

  /** The functions of a file that run here: of two with one name the later one does. */
  functionsOf({ file, isForeign }: Pick<Program, "file" | "isForeign">): readonly string[] {
    const functions = this.#rooms.get(roomOf({ file, isForeign }))?.report?.functions ?? [];
    return functions.flatMap((each) =>
      each.file === file && winner(functions, each.name) === each ? [each.name] : [],
    );
  }

  /** Why a file could not be loaded. */
  failureOf(program: Program): ProgramFailure | undefined {
    const report = this.#rooms.get(roomOf(program))?.report;
    return report?.failures.find(({ file }) => file === program.file);
  }

  /** True if all functions of just this code run here. */
  runs(program: Program): boolean {
    const room = this.#rooms.get(roomOf(program));
    if (room?.programs.some(({ file, script }) => file === program.file && script === program.script) !== true) {
      return false;
    }
    const functions = room.report?.functions ?? [];
    return functions.every((each) => each.file !== program.file || winner(functions, each.name) === each);
  }

  /** True if a worker has the code of an execution. */
  hasCode(executionId: string, functionName: string): boolean {
    return this.#roomOf(executionId)?.report?.functions.some(({ name }) => name === functionName) === true;
  }

  /** True for an execution whose code came with a link, and was not run in this visit. */
  awaitsAdmission(executionId: string): boolean {
    const file = this.#options.shelf.foreignFileOf(executionId);
    return file !== undefined && !this.#admitted.has(file);
  }

  /** Lets somebody else's file run in this visit. */
  admit(file: string): void {
    this.#admitted.add(file);
  }

  /** Starts all workers anew, and has them go on with what runs. */
  async open(): Promise<void> {
    this.#close();
    const { shelf } = this.#options;
    const foreign = [...this.#admitted].flatMap((file) => shelf.foreign(file) ?? []);
    await Promise.all([
      this.#openRoom(OWN, shelf.own),
      ...foreign.map((program) => this.#openRoom(program.file, [program])),
    ]);
  }

  /** Starts the worker that a program runs in anew. */
  async reopen(program: Program): Promise<void> {
    const name = roomOf(program);
    await this.#openRoom(name, name === OWN ? this.#options.shelf.own : [program]);
  }

  /** False if there was none. */
  kill(): boolean {
    this.#rehearsal?.kill();
    const wasOpen = this.isOpen;
    this.#close();
    return wasOpen;
  }

  start(program: Program, request: StartRequest): Promise<string> {
    const room = this.#rooms.get(roomOf(program));
    if (room === undefined) throw new Error("The worker is not running.");
    return room.process.start(request);
  }

  /** An execution may have something to do: the worker that it belongs to looks. */
  wake(executionId: string): void {
    const room = this.#roomOf(executionId);
    room?.port.grant(executionId);
    room?.process.wake(executionId);
  }

  setClock(aheadMs: number): void {
    for (const { process } of this.#rooms.values()) process.setClock(aheadMs);
  }

  /** Holds a log against the code that runs. */
  async replay(executionId: string, log: readonly string[], options: ReplayOptions): Promise<ReplayAnswer | undefined> {
    return this.#roomOf(executionId)?.process.replay(log, options);
  }

  /** Holds a log against code that is not to run, in a worker of its own: nothing that runs is touched. */
  async rehearse(
    program: Program,
    log: readonly string[],
    options: ReplayOptions & { readonly events: SandboxEvents },
  ): Promise<ReplayAnswer | ProgramFailure> {
    this.#rehearsal?.kill();
    const { events, ...how } = options;
    const port = new StorePort(this.#options.store);
    const rehearsal = new SandboxProcess({ port, events, isOffline: program.isForeign === true });
    this.#rehearsal = rehearsal;
    try {
      const aheadMs = this.#options.aheadMs();
      const { failures } = await rehearsal.open({ programs: [program], aheadMs, isToRun: false });
      return failures[0] ?? (await rehearsal.replay(log, how));
    } finally {
      rehearsal.kill();
    }
  }

  #close(): void {
    for (const { process } of this.#rooms.values()) process.kill();
    this.#rooms.clear();
  }

  async #openRoom(name: string, programs: readonly Program[]): Promise<void> {
    const { store, events, aheadMs } = this.#options;
    this.#rooms.get(name)?.process.kill();
    const port = new StorePort(store, {
      onCreating: (id) => this.#bind(id, programs),
      isOwn: (id) => this.#roomNameOf(id) === name,
    });
    const process = new SandboxProcess({ port, events: this.#heard(name, port), isOffline: name !== OWN });
    const room: Room = { process, port, programs };
    this.#rooms.set(name, room);
    events.onProcess("starting");
    await this.#grantRunning(name, port);
    const report = await process.open({ programs, aheadMs: aheadMs(), isToRun: true });
    if (this.#rooms.get(name) !== room) return;
    room.report = report;
    events.onLoaded(report);
    if ([...this.#rooms.values()].every((each) => each.report !== undefined)) events.onProcess("running");
  }

  async #grantRunning(name: string, port: StorePort): Promise<void> {
    const { store, shelf } = this.#options;
    const running = scanAll({ status: "RUNNING", limit: PAGE }, (scan) => store.list(scan));
    for await (const { id } of running) if ((shelf.foreignFileOf(id) ?? OWN) === name) port.grant(id);
  }

  /** The events of a worker; those about executions that are not its own are ignored. */
  #heard(name: string, port: StorePort): SandboxEvents {
    const { events } = this.#options;
    const mine = (id: string): boolean => port.has(id) || this.#roomNameOf(id) === name;
    return {
      onBegan: (began) => {
        if (!port.has(began.executionId)) return;
        this.#bind(began.executionId, this.#rooms.get(name)?.programs ?? []);
        events.onBegan(began);
      },
      onReached: (reached) => mine(reached.executionId) && events.onReached(reached),
      onRan: (id, operationId) => mine(id) && events.onRan(id, operationId),
      onSaid: (line) => mine(line.executionId) && events.onSaid(line),
      onThrew: (thrown) => mine(thrown.executionId) && events.onThrew(thrown),
      onTrouble: (id, message) => mine(id) && events.onTrouble(id, message),
    };
  }

  /** Notes the code that an execution runs with: the newest of these that has its function. */
  #bind(executionId: string, programs: readonly Program[]): void {
    const functionName = executionId.slice(0, executionId.indexOf("/"));
    const [first] = programs;
    const file = first === undefined ? undefined : this.#fileOf(roomOf(first), functionName);
    const program = programs.find((each) => each.file === file) ?? (first?.isForeign === true ? first : undefined);
    if (program !== undefined) this.#options.shelf.bind(executionId, program);
  }

  #fileOf(room: string, functionName: string): string | undefined {
    return winner(this.#rooms.get(room)?.report?.functions ?? [], functionName)?.file;
  }

  #roomNameOf(executionId: string): string {
    return this.#options.shelf.foreignFileOf(executionId) ?? OWN;
  }

  #roomOf(executionId: string): Room | undefined {
    return this.#rooms.get(this.#roomNameOf(executionId));
  }
}

const PAGE = 1_000;

function winner(functions: readonly LoadedFunction[], functionName: string): LoadedFunction | undefined {
  return functions.findLast(({ name }) => name === functionName);
}

function roomOf({ file, isForeign }: { readonly file: string; readonly isForeign?: boolean | undefined }): string {
  return isForeign === true ? file : OWN;
}
