/**
 * The store that a test of promises runs on: a memory store that remembers every write in order, over all executions.
 * A test may build a store of any prefix of those writes, which is what a crash right after the last of them leaves.
 * Each commit is folded as it lands, and the machine's invariants must hold after it (P7).
 */

import { MemoryStore } from "../../src/adapters/memory/memory-store.ts";
import { decodeCommit } from "../../src/engine/machine/commit-codec.ts";
import { fold } from "../../src/engine/machine/fold.ts";
import { violations } from "../../src/engine/machine/invariants.ts";
import { emptyState, type ExecutionState } from "../../src/engine/machine/state.ts";
import type { Commit } from "../../src/engine/model/commit.ts";
import type {
  DirectoryRow,
  DirectoryScan,
  ExecutionStore,
  LogPage,
  ReadOptions,
} from "../../src/engine/ports/execution-store.ts";

export type Write =
  | { readonly type: "create"; readonly row: DirectoryRow; readonly body: string }
  | {
      readonly type: "append";
      readonly id: string;
      readonly seq: number;
      readonly body: string;
      readonly incarnation: string;
    }
  | { readonly type: "putRow"; readonly row: DirectoryRow }
  | { readonly type: "remove"; readonly id: string; readonly incarnation: string };

/** Many ledgers begin with the same writes. */
const commits = new WeakMap<Write, Commit>();

export function commitOf(write: Extract<Write, { body: string }>): Commit {
  const commit = commits.get(write) ?? decodeCommit(write.body);
  commits.set(write, commit);
  return commit;
}

/** A commit that has landed, and the state of its execution after it. */
export interface Landed {
  readonly id: string;
  readonly commit: Commit;
  readonly state: ExecutionState;
}

export class Ledger implements ExecutionStore {
  readonly writes: Write[] = [];
  /** The invariants that did not hold after some commit. */
  readonly broken: string[] = [];
  readonly #store = new MemoryStore();
  readonly #states = new Map<string, ExecutionState>();
  readonly #listeners: ((landed: Landed) => void)[] = [];
  readonly #checksInvariants: boolean;

  constructor(options: { checksInvariants?: boolean } = {}) {
    this.#checksInvariants = options.checksInvariants ?? true;
  }

  /** Calls back for every commit that lands from now on. */
  onCommit(listener: (landed: Landed) => void): void {
    this.#listeners.push(listener);
  }

  /** The executions as their logs have made them, with everything that ever was in them. */
  get states(): ReadonlyMap<string, ExecutionState> {
    return this.#states;
  }

  bodies(id: string): string[] {
    return this.writes.flatMap((write) => {
      if (write.type === "create") return write.row.id === id ? [write.body] : [];
      return write.type === "append" && write.id === id ? [write.body] : [];
    });
  }

  row(id: string): DirectoryRow | undefined {
    return this.#store.row(id);
  }

  create(row: DirectoryRow, body: string): "created" | "exists" {
    const answer = this.#store.create(row, body);
    if (answer === "created") this.#note({ type: "create", row: { ...row }, body });
    return answer;
  }

  append(id: string, seq: number, body: string, incarnation: string): "appended" | "taken" | "gone" {
    const answer = this.#store.append(id, seq, body, incarnation);
    if (answer === "appended") this.#note({ type: "append", id, seq, body, incarnation });
    return answer;
  }

  read(id: string, from: number, options?: ReadOptions): LogPage | undefined {
    return this.#store.read(id, from, options);
  }

  putRow(row: DirectoryRow): void {
    this.#store.putRow(row);
    this.#note({ type: "putRow", row: { ...row } });
  }

  list(scan: DirectoryScan): readonly DirectoryRow[] {
    return this.#store.list(scan);
  }

  expired(now: number, limit: number): readonly DirectoryRow[] {
    return this.#store.expired(now, limit);
  }

  /** A snapshot is a cache and not part of what was written: no ledger made of these writes has it. */
  keepSnapshot(id: string, snapshot: string, incarnation: string): void {
    this.#store.keepSnapshot(id, snapshot, incarnation);
  }

  snapshot(id: string, incarnation: string): string | undefined {
    return this.#store.snapshot(id, incarnation);
  }

  remove(id: string, incarnation: string): void {
    this.#store.remove(id, incarnation);
    this.#note({ type: "remove", id, incarnation });
  }

  /** Writes what another ledger has written. */
  redo(write: Write): void {
    if (write.type === "create") this.#store.create(write.row, write.body);
    else if (write.type === "append") this.#store.append(write.id, write.seq, write.body, write.incarnation);
    else if (write.type === "putRow") this.#store.putRow(write.row);
    else this.#store.remove(write.id, write.incarnation);
    this.#note(write);
  }

  #note(write: Write): void {
    this.writes.push(write);
    if (write.type === "create") this.#fold(write.row.id, write);
    if (write.type === "append") this.#fold(write.id, write);
  }

  #fold(id: string, write: Extract<Write, { body: string }>): void {
    const state = this.#states.get(id) ?? emptyState({ keepsAll: true });
    this.#states.set(id, state);
    const commit = commitOf(write);
    fold(state, commit);
    if (this.#checksInvariants) {
      for (const broken of violations(state)) this.broken.push(`${id} after commit ${state.seq}: ${broken}`);
    }
    for (const listener of this.#listeners) listener({ id, commit, state });
  }
}
