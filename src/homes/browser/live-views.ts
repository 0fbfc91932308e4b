/** Executions and lists as they are now, in whichever tab they run: read from the log whenever somebody hints at news. */

import type { Change, ChangeFeed } from "../../adapters/indexeddb/change-feed.ts";
import { decodeCommit } from "../../engine/machine/commit-codec.ts";
import { fold } from "../../engine/machine/fold.ts";
import { emptyState, type ExecutionState } from "../../engine/machine/state.ts";
import type { ExecutionHeader, Halt } from "../../engine/model/execution.ts";
import type { Operation } from "../../engine/model/operation.ts";
import type { DirectoryRow, ExecutionStore } from "../../engine/ports/execution-store.ts";
import type { ListQuery } from "../../engine/runner/client.ts";
import { listExecutions } from "../../engine/runner/directory-list.ts";
import { type Live, LiveValue } from "./live-value.ts";
import { Refresher } from "./refresher.ts";

/** An execution as its log was when it was read last. */
export interface ExecutionSnapshot {
  /** False until the log was read for the first time. */
  readonly isLoaded: boolean;
  /** Absent while it is not loaded, and when there is no such execution. `halt` also tells of a store without room. */
  readonly header?: ExecutionHeader;
  /** In the order in which they started, with what lies inside contexts that are complete. */
  readonly operations: readonly Operation[];
  /** The number of the last commit. */
  readonly seq: number;
  /** Why the log could not be read. */
  readonly error?: unknown;
}

/** A list of executions as it was when it was read last. */
export interface ListSnapshot {
  /** False until the list was read for the first time. */
  readonly isLoaded: boolean;
  /** The executions of the list, in its order. */
  readonly rows: readonly DirectoryRow[];
  /** There are more than the query's limit. */
  readonly hasMore: boolean;
  /** Why the list could not be read; absent otherwise. */
  readonly error?: unknown;
}

export interface LiveSource {
  readonly store: ExecutionStore;
  readonly feed: ChangeFeed;
  readonly pauseOf: (id: string) => Halt | undefined;
}

export function liveExecution(id: string, source: LiveSource): Live<ExecutionSnapshot> {
  let state = emptyState({ keepsAll: true });

  async function refresh(): Promise<ExecutionSnapshot> {
    // It may have been removed, and its name have passed to another execution, while nobody looked.
    while (!(await catchUp(state, id, source.store)) && state.seq > 0) state = emptyState({ keepsAll: true });
    return snapshotOf(state, source.pauseOf(id));
  }

  const nothing: ExecutionSnapshot = { isLoaded: false, operations: [], seq: 0 };
  const concerns = (change: Change): boolean => {
    if (change.kind === "removed" && change.id === id) state = emptyState({ keepsAll: true });
    return change.kind === "hello" || (change.kind === "row" ? change.row.id : change.id) === id;
  };
  return live(nothing, { feed: source.feed, concerns, refresh, isSame: isSameSnapshot });
}

export function liveList(query: Omit<ListQuery, "marker">, source: LiveSource): Live<ListSnapshot> {
  return live<ListSnapshot>(
    { isLoaded: false, rows: [], hasMore: false },
    {
      feed: source.feed,
      concerns: ({ kind }) => kind === "row" || kind === "removed" || kind === "hello",
      async refresh() {
        const { rows, marker } = await listExecutions(query, (scan) => source.store.list(scan));
        return { isLoaded: true, rows, hasMore: marker !== undefined };
      },
      isSame: isSameList,
    },
  );
}

/** A frame: what changes more often than that nobody sees. */
const PAUSE_MS = 16;

interface LiveParts<T> {
  readonly feed: ChangeFeed;
  readonly concerns: (change: Change) => boolean;
  readonly refresh: () => Promise<T>;
  /** Hints are many and news are few: what a refresh found unchanged is not shown as something new. */
  readonly isSame: (shown: T, read: T) => boolean;
}

/** Follows changes as long as somebody listens. */
function live<T extends object>(first: T, { feed, concerns, refresh, isSame }: LiveParts<T>): Live<T> {
  let stop = (): void => {};
  const value = new LiveValue<T>(first, {
    onInterest(isListenedTo) {
      stop();
      if (!isListenedTo) return;
      stop = feed.subscribe((change) => concerns(change) && refresher.ask());
      refresher.ask();
    },
  });
  const refresher = new Refresher(async () => {
    const read = await refresh().catch((error: unknown) => ({ ...value.get(), error }));
    if (!isSame(value.get(), read)) value.set(read);
  }, PAUSE_MS);
  return value;
}

/** Reads on; false if there is no such execution any more. */
async function catchUp(state: ExecutionState, id: string, store: ExecutionStore): Promise<boolean> {
  for (;;) {
    const isBegun = state.seq > 0;
    const page = await store.read(id, state.seq + 1, isBegun ? { incarnation: state.header.incarnation } : {});
    if (page === undefined) return false;
    for (const body of page.bodies) fold(state, decodeCommit(body));
    if (page.next === undefined) return true;
  }
}

function snapshotOf(state: ExecutionState, pause: Halt | undefined): ExecutionSnapshot {
  const { seq } = state;
  if (seq === 0) return { isLoaded: true, operations: [], seq };
  const header = pause === undefined ? state.header : { ...state.header, halt: pause };
  return { isLoaded: true, header, operations: [...state.operations.values()], seq };
}

function isSameSnapshot(shown: ExecutionSnapshot, read: ExecutionSnapshot): boolean {
  return (
    shown.isLoaded === read.isLoaded &&
    shown.error === read.error &&
    shown.seq === read.seq &&
    shown.header?.incarnation === read.header?.incarnation &&
    // A store without room halts an execution in this page alone: no commit tells of it.
    shown.header?.halt === read.header?.halt
  );
}

function isSameList(shown: ListSnapshot, read: ListSnapshot): boolean {
  return (
    shown.isLoaded === read.isLoaded &&
    shown.error === read.error &&
    shown.hasMore === read.hasMore &&
    shown.rows.length === read.rows.length &&
    shown.rows.every(({ incarnation, seq }, place) => {
      const other = read.rows[place];
      return incarnation === other?.incarnation && seq === other.seq;
    })
  );
}
