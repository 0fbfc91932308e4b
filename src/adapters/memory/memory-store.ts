import type { ExecutionStatus } from "../../engine/model/execution.ts";
import type {
  DirectoryPlace,
  DirectoryRow,
  DirectoryScan,
  ExecutionStore,
  LogPage,
  ReadOptions,
} from "../../engine/ports/execution-store.ts";
import { comparePlaces, mergeRows } from "../../engine/runner/directory-list.ts";
import { SortedIndex } from "./sorted-index.ts";

/** The options of a store in memory. */
export interface MemoryStoreOptions {
  /** Commits per page of the log. Default 1000. */
  readonly pageCommits?: number;
}

const PAGE_COMMITS = 1000;

type RowIndex = SortedIndex<DirectoryPlace, DirectoryRow>;

/** The place of a row among those that may be removed. */
type Expiry = Pick<DirectoryRow, "expiresAt" | "id">;

interface Stored {
  row: DirectoryRow;
  snapshot: string | undefined;
  readonly log: string[];
}

/**
 * The reference store: everything in this process's memory, answering at once. What is kept costs what it holds and
 * the work of a call does not grow with the number of executions: lists are read from one index for each function and
 * status, for each name or for each tag, from one of what is halted, and what has expired from another.
 */
export class MemoryStore implements ExecutionStore {
  readonly #pageCommits: number;
  readonly #executions = new Map<string, Stored>();
  readonly #byFunction = new Map<string, Map<ExecutionStatus, RowIndex>>();
  readonly #byName = new Map<string, RowIndex>();
  readonly #byTag = new Map<string, RowIndex>();
  readonly #byHalt = newIndex();
  readonly #byExpiry = new SortedIndex<Expiry, DirectoryRow>(compareExpiry);

  constructor(options: MemoryStoreOptions = {}) {
    this.#pageCommits = options.pageCommits ?? PAGE_COMMITS;
  }

  create(row: DirectoryRow, body: string): "created" | "exists" {
    if (this.#executions.has(row.id)) return "exists";
    const kept = Object.freeze({ ...row });
    this.#executions.set(kept.id, { row: kept, snapshot: undefined, log: [body] });
    this.#index(kept);
    return "created";
  }

  append(id: string, seq: number, body: string, incarnation: string): "appended" | "taken" | "gone" {
    const log = this.#find(id, incarnation)?.log;
    if (log === undefined) return "gone";
    if (seq <= log.length) return "taken";
    if (seq !== log.length + 1) throw new RangeError(`Commit ${seq} of ${id} would leave a gap after ${log.length}`);
    log.push(body);
    return "appended";
  }

  read(id: string, from: number, { incarnation, limit = this.#pageCommits }: ReadOptions = {}): LogPage | undefined {
    const log = this.#find(id, incarnation)?.log;
    if (log === undefined) return undefined;
    const end = from - 1 + Math.min(limit, this.#pageCommits);
    const bodies = log.slice(from - 1, end);
    return end < log.length ? { bodies, next: end + 1 } : { bodies };
  }

  putRow(row: DirectoryRow): void {
    const stored = this.#find(row.id, row.incarnation);
    if (stored === undefined || row.seq < stored.row.seq) return;
    this.#unindex(stored.row);
    stored.row = Object.freeze({ ...row });
    this.#index(stored.row);
  }

  /** The directory row of an execution. */
  row(id: string): DirectoryRow | undefined {
    return this.#executions.get(id)?.row;
  }

  list(scan: DirectoryScan): readonly DirectoryRow[] {
    const lists = this.#indexesOf(scan).map((index) => walk(index, scan));
    return mergeRows(lists, scan);
  }

  expired(now: number, limit: number): readonly DirectoryRow[] {
    const rows: DirectoryRow[] = [];
    for (const row of this.#byExpiry.up()) {
      if (rows.length === limit || (row.expiresAt ?? 0) > now) break;
      rows.push(row);
    }
    return rows;
  }

  keepSnapshot(id: string, snapshot: string, incarnation: string): void {
    const stored = this.#find(id, incarnation);
    if (stored !== undefined) stored.snapshot = snapshot;
  }

  snapshot(id: string, incarnation: string): string | undefined {
    return this.#find(id, incarnation)?.snapshot;
  }

  /** Without an incarnation whichever has the id. */
  remove(id: string, incarnation?: string): void {
    const stored = this.#find(id, incarnation);
    if (stored === undefined) return;
    this.#executions.delete(id);
    this.#unindex(stored.row);
  }

  #find(id: string, incarnation: string | undefined): Stored | undefined {
    const stored = this.#executions.get(id);
    return stored === undefined || (incarnation ?? stored.row.incarnation) === stored.row.incarnation
      ? stored
      : undefined;
  }

  #index(row: DirectoryRow): void {
    const statuses = getOrAdd(this.#byFunction, row.functionName, newMap<ExecutionStatus, RowIndex>);
    getOrAdd(statuses, row.status, newIndex).add(row);
    getOrAdd(this.#byName, row.name, newIndex).add(row);
    for (const tag of tagsOf(row)) getOrAdd(this.#byTag, tag, newIndex).add(row);
    if (row.halted === true) this.#byHalt.add(row);
    if (row.expiresAt !== undefined) this.#byExpiry.add(row);
  }

  #unindex(row: DirectoryRow): void {
    this.#byFunction.get(row.functionName)?.get(row.status)?.remove(row);
    removeFrom(this.#byName, row.name, row);
    for (const tag of tagsOf(row)) removeFrom(this.#byTag, tag, row);
    if (row.halted === true) this.#byHalt.remove(row);
    if (row.expiresAt !== undefined) this.#byExpiry.remove(row);
  }

  #indexesOf({ functionName, name, status, halted, tag }: DirectoryScan): readonly RowIndex[] {
    if (halted === true) return [this.#byHalt];
    if (tag !== undefined) return present([this.#byTag.get(JSON.stringify(tag))]);
    if (name !== undefined) return present([this.#byName.get(name)]);
    const functions = functionName === undefined ? this.#byFunction.values() : [this.#byFunction.get(functionName)];
    const indexes: (RowIndex | undefined)[] = [];
    for (const byStatus of functions) {
      for (const index of status === undefined ? (byStatus?.values() ?? []) : [byStatus?.get(status)])
        indexes.push(index);
    }
    return present(indexes);
  }
}

/** The rows of an index that match, in the order of the scan, from behind its place on. */
function* walk(index: RowIndex, scan: DirectoryScan): Generator<DirectoryRow, void, undefined> {
  const { functionName, status, reverse, after } = scan;
  for (const row of reverse === true ? index.down(after) : index.up(after)) {
    const matches = (functionName ?? row.functionName) === row.functionName && (status ?? row.status) === row.status;
    if (matches && (after === undefined || comparePlaces(row, after) !== 0)) yield row;
  }
}

/** As they are found: each with its key. */
function tagsOf({ tags = {} }: DirectoryRow): string[] {
  return Object.entries(tags).map((tag) => JSON.stringify(tag));
}

function removeFrom(indexes: Map<string, RowIndex>, key: string, row: DirectoryRow): void {
  const index = indexes.get(key);
  index?.remove(row);
  if (index?.isEmpty === true) indexes.delete(key);
}

function compareExpiry(a: Expiry, b: Expiry): number {
  return comparePlaces({ startedAt: a.expiresAt ?? 0, id: a.id }, { startedAt: b.expiresAt ?? 0, id: b.id });
}

function newIndex(): RowIndex {
  return new SortedIndex(comparePlaces);
}

function newMap<K, V>(): Map<K, V> {
  return new Map();
}

function present<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined);
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
