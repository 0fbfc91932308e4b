import type { ExecutionStatus } from "../../engine/model/execution.ts";
import type {
  DirectoryPage,
  DirectoryRow,
  ExecutionStore,
  ListQuery,
  LogPage,
} from "../../engine/ports/execution-store.ts";
import { SortedIndex } from "./sorted-index.ts";

export interface MemoryStoreOptions {
  /** Commits per page of the log. Default 1000. */
  readonly pageCommits?: number;
}

const PAGE_COMMITS = 1000;

/** Where a row stands in a list: by start, and by id among those that started in the same millisecond. */
interface Position {
  readonly startedAt: number;
  readonly id: string;
}

type RowIndex = SortedIndex<Position, DirectoryRow>;

interface Stored {
  row: DirectoryRow;
  readonly log: string[];
}

/**
 * The reference store: everything in this process's memory, answering at once. What is kept costs what it holds and
 * the work of a call does not grow with the number of executions: lists are read from one index for each function and
 * status, names from another.
 */
export class MemoryStore implements ExecutionStore {
  readonly #pageCommits: number;
  readonly #executions = new Map<string, Stored>();
  readonly #byFunction = new Map<string, Map<ExecutionStatus, RowIndex>>();
  readonly #byName = new Map<string, Map<string, DirectoryRow>>();

  constructor(options: MemoryStoreOptions = {}) {
    this.#pageCommits = options.pageCommits ?? PAGE_COMMITS;
  }

  create(row: DirectoryRow, body: string): "created" | "exists" {
    if (this.#executions.has(row.id)) return "exists";
    const kept = Object.freeze({ ...row });
    this.#executions.set(kept.id, { row: kept, log: [body] });
    this.#index(kept);
    return "created";
  }

  append(id: string, seq: number, body: string): "appended" | "taken" {
    const log = this.#executions.get(id)?.log;
    if (log === undefined) throw new Error(`Execution ${id} is not in the store`);
    if (seq <= log.length) return "taken";
    if (seq !== log.length + 1) throw new RangeError(`Commit ${seq} of ${id} would leave a gap after ${log.length}`);
    log.push(body);
    return "appended";
  }

  read(id: string, from: number): LogPage {
    const log = this.#executions.get(id)?.log ?? [];
    const end = from - 1 + this.#pageCommits;
    const bodies = log.slice(from - 1, end);
    return end < log.length ? { bodies, next: end + 1 } : { bodies };
  }

  describe(row: DirectoryRow): void {
    const stored = this.#executions.get(row.id);
    if (stored === undefined) throw new Error(`Execution ${row.id} is not in the store`);
    this.#unindex(stored.row);
    stored.row = Object.freeze({ ...row });
    this.#index(stored.row);
  }

  /** The directory row of an execution. */
  row(id: string): DirectoryRow | undefined {
    return this.#executions.get(id)?.row;
  }

  list(query: ListQuery): DirectoryPage {
    const rows: DirectoryRow[] = [];
    for (const row of query.name === undefined ? this.#walk(query) : this.#named(query.name, query)) {
      if (!matches(row, query)) continue;
      const last = rows.at(-1);
      if (last !== undefined && rows.length === query.limit) return { rows, marker: markerOf(last) };
      rows.push(row);
    }
    return { rows };
  }

  remove(id: string): void {
    const stored = this.#executions.get(id);
    if (stored === undefined) return;
    this.#executions.delete(id);
    this.#unindex(stored.row);
  }

  #index(row: DirectoryRow): void {
    const statuses = getOrAdd(this.#byFunction, row.functionName, newMap<ExecutionStatus, RowIndex>);
    getOrAdd(statuses, row.status, newIndex).add(row);
    getOrAdd(this.#byName, row.name, newMap<string, DirectoryRow>).set(row.id, row);
  }

  #unindex(row: DirectoryRow): void {
    this.#byFunction.get(row.functionName)?.get(row.status)?.remove(row);
    const named = this.#byName.get(row.name);
    named?.delete(row.id);
    if (named?.size === 0) this.#byName.delete(row.name);
  }

  /** Candidates in the order of the list, from the place where the query begins to where its bounds end. */
  #walk(query: ListQuery): Iterable<DirectoryRow> {
    const { functionName } = query;
    const functions = functionName === undefined ? this.#byFunction.values() : [this.#byFunction.get(functionName)];
    const indexes: RowIndex[] = [];
    for (const byStatus of functions) {
      for (const [status, index] of byStatus ?? []) {
        if (query.statuses?.includes(status) ?? true) indexes.push(index);
      }
    }
    return merge(indexes, query);
  }

  #named(name: string, query: ListQuery): Iterable<DirectoryRow> {
    const index = newIndex();
    for (const row of this.#byName.get(name)?.values() ?? []) index.add(row);
    return merge([index], query);
  }
}

/** One sorted walk over several. They are few, so the next is found by looking at each. */
function* merge(indexes: readonly RowIndex[], query: ListQuery): Generator<DirectoryRow, void, undefined> {
  const reverse = query.reverse === true;
  const from = startOf(query);
  const walks = indexes.map((index) => (reverse ? index.down(from) : index.up(from)));
  const heads = walks.map((walk) => walk.next().value ?? undefined);
  for (;;) {
    const first = firstOf(heads, reverse);
    const row = heads[first];
    if (row === undefined || isBeyond(row, query)) return;
    yield row;
    heads[first] = walks[first]?.next().value ?? undefined;
  }
}

function firstOf(heads: readonly (DirectoryRow | undefined)[], reverse: boolean): number {
  let first = -1;
  for (const [at, head] of heads.entries()) {
    const best = heads[first];
    if (head !== undefined && (best === undefined || comparePositions(head, best) < 0 !== reverse)) first = at;
  }
  return first;
}

/** Where a walk begins: the marker's row itself is skipped later, since it may be gone by now. */
function startOf({ marker, startedAfter, startedBefore, reverse }: ListQuery): Position | undefined {
  const position = marker === undefined ? undefined : positionOf(marker);
  if (position !== undefined) return position;
  if (reverse !== true) return startedAfter === undefined ? undefined : { startedAt: startedAfter, id: "" };
  return startedBefore === undefined ? undefined : { startedAt: startedBefore + 1, id: "" };
}

function isBeyond({ startedAt }: DirectoryRow, { startedAfter, startedBefore, reverse }: ListQuery): boolean {
  if (reverse === true) return startedAfter !== undefined && startedAt < startedAfter;
  return startedBefore !== undefined && startedAt > startedBefore;
}

function matches(row: DirectoryRow, query: ListQuery): boolean {
  return (
    (query.functionName ?? row.functionName) === row.functionName &&
    (query.name ?? row.name) === row.name &&
    (query.version ?? row.version) === row.version &&
    (query.statuses?.includes(row.status) ?? true) &&
    row.startedAt >= (query.startedAfter ?? row.startedAt) &&
    row.startedAt <= (query.startedBefore ?? row.startedAt) &&
    markerOf(row) !== query.marker
  );
}

function comparePositions(a: Position, b: Position): number {
  if (a.startedAt !== b.startedAt) return a.startedAt - b.startedAt;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

function markerOf({ startedAt, id }: Position): string {
  return `${startedAt}:${id}`;
}

/** A marker that no page has given begins at the beginning. */
function positionOf(marker: string): Position | undefined {
  const colon = marker.indexOf(":");
  const startedAt = colon < 1 ? Number.NaN : Number(marker.slice(0, colon));
  return Number.isFinite(startedAt) ? { startedAt, id: marker.slice(colon + 1) } : undefined;
}

function newIndex(): RowIndex {
  return new SortedIndex(comparePositions);
}

function newMap<K, V>(): Map<K, V> {
  return new Map();
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
