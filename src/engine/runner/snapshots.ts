/**
 * The snapshot of one execution, beside its log: a state from which the rest of the log is folded, so that taking up a
 * long execution costs its latest commits and not all of them.
 *
 * 1. A snapshot is a cache. A snapshot of another incarnation, of another version, damaged, or ahead of the log is
 *    passed over, and so is one that the store fails to give. The log is read from its start then.
 * 2. A snapshot is kept when nothing runs here, and the execution has grown since the last snapshot by as much as that
 *    stands for. So all of them together hold no more than twice the last, and a short execution never has one. A
 *    process that has taken the execution up, and had to read a good part of it from the log, keeps a snapshot sooner,
 *    so that the next process reads less.
 * 3. A snapshot that cannot be kept is reported, and has no other consequence.
 */

import { decodeSnapshot, encodeSnapshot, type Snapshot } from "../machine/snapshot.ts";
import type { ExecutionState } from "../machine/state.ts";
import type { LogPage } from "../ports/execution-store.ts";
import { payloadLength } from "./payload-length.ts";
import type { RunnerSetup } from "./setup.ts";

/** Where the reading of a log begins that has a snapshot. */
export interface TakenUp {
  readonly state: ExecutionState;
  /** The commits that follow on the snapshot. */
  readonly page: LogPage;
}

/**
 * A process that takes an execution up keeps another snapshot once the execution has grown by the extent of the one
 * before, divided by this.
 */
const TAIL_PART = 8;

/** Characters that are packed at the most: packing is done in one go, and takes several times as much memory. */
const MAX_CHARACTERS = 16_777_216;
/** The size of an operation beside its texts. */
const OPERATION_CHARACTERS = 40;

/** How many commits are read of a log before a snapshot of it is asked for, at the most. */
const FIRST_COMMITS = 100;
/** A log whose first commits have more characters than this may be long, however few they are. */
const FIRST_CHARACTERS = 100_000;

export interface SnapshotsOptions {
  readonly setup: Pick<RunnerSetup, "store" | "host" | "snapshotFloor">;
  /** Told of errors of the store. */
  readonly onError: (error: unknown) => void;
}

export class Snapshots {
  readonly #id: string;
  readonly #options: SnapshotsOptions;
  /** The extent of the last snapshot that was read or tried to be kept here; see `extentOf`. */
  #extent = 0;
  #isKeeping = false;
  /** The execution was taken up from a snapshot, and `keep` was not called since. */
  #isTakenUp = false;

  constructor(id: string, options: SnapshotsOptions) {
    this.#id = id;
    this.#options = options;
  }

  /** How many commits are to be read of a log first. */
  get firstCommits(): number {
    return Math.max(1, Math.min(FIRST_COMMITS, this.#options.setup.snapshotFloor));
  }

  /** True if this first page may be of a log that has a snapshot. */
  isAskedFor({ bodies, next }: LogPage): boolean {
    if (bodies.length === 0 || this.#options.setup.snapshotFloor === Number.POSITIVE_INFINITY) return false;
    return next !== undefined || bodies.reduce((sum, body) => sum + body.length, 0) > FIRST_CHARACTERS;
  }

  /** The snapshot of this incarnation, if there is one that the log confirms. */
  async takeUp(incarnation: string): Promise<TakenUp | undefined> {
    const snapshot = await this.#read(incarnation);
    if (snapshot === undefined) return undefined;
    const { state } = snapshot;
    const page = await this.#options.setup.store.read(this.#id, state.seq, { incarnation });
    const [last, ...bodies] = page?.bodies ?? [];
    // Invariant 1: the snapshot is ahead of the log, or of another log.
    if (last === undefined || !snapshot.follows(last)) return undefined;
    this.#extent = extentOf(state);
    this.#isTakenUp = true;
    return { state, page: page?.next === undefined ? { bodies } : { bodies, next: page.next } };
  }

  /** Keeps a snapshot in the background if it is time. `current` gives the newest state. */
  keep(current: () => ExecutionState): void {
    const extent = extentOf(current());
    // Invariant 2: the growth since the last snapshot decides.
    const isTime = extent - this.#extent >= this.#growth;
    this.#isTakenUp = false;
    if (!isTime || this.#isKeeping) return;
    this.#isKeeping = true;
    this.#options.setup.host.background(this.#keep(current, extent));
  }

  /** By how much the execution has to have grown since the last snapshot. */
  get #growth(): number {
    const { snapshotFloor } = this.#options.setup;
    if (this.#isTakenUp) return Math.max(1, snapshotFloor / 2, this.#extent / TAIL_PART);
    return Math.max(1, snapshotFloor, this.#extent);
  }

  async #keep(current: () => ExecutionState, extent: number): Promise<void> {
    const { store } = this.#options.setup;
    const { seq, header } = current();
    const { incarnation } = header;
    try {
      const page = await store.read(this.#id, seq, { incarnation, limit: 1 });
      const [lastBody] = page?.bodies ?? [];
      const state = current();
      // The execution has gone on meanwhile: there will be another moment.
      if (lastBody === undefined || state.seq !== seq) return;
      this.#extent = extent;
      if (isLarge(state)) return;
      await store.keepSnapshot(this.#id, encodeSnapshot(state, lastBody), incarnation);
    } catch (error) {
      // Invariant 3: the next snapshot is due after as much growth as after one that was kept.
      this.#extent = extent;
      this.#options.onError(error);
    } finally {
      this.#isKeeping = false;
    }
  }

  async #read(incarnation: string): Promise<Snapshot | undefined> {
    try {
      const text = await this.#options.setup.store.snapshot(this.#id, incarnation);
      return text === undefined ? undefined : decodeSnapshot(text, incarnation);
    } catch (error) {
      this.#options.onError(error);
      return undefined;
    }
  }
}

/** How long it takes to read an execution from its log, in commits and operations. */
function extentOf({ seq, operations, forgotten }: ExecutionState): number {
  return seq + operations.size + forgotten.size;
}

function isLarge({ header, operations, forgotten }: ExecutionState): boolean {
  let characters = (header.input?.length ?? 0) + (header.result?.length ?? 0);
  characters += (operations.size + forgotten.size) * OPERATION_CHARACTERS;
  for (const operation of operations.values()) characters += payloadLength(operation);
  return characters > MAX_CHARACTERS;
}
