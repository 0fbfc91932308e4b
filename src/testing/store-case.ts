/** The parts of the cases of the store's contract. */

import type { DirectoryRow, DirectoryScan, ExecutionStore } from "../engine/ports/execution-store.ts";
import type { MaybePromise } from "../engine/ports/maybe-promise.ts";
import type { ListQuery } from "../engine/runner/client.ts";
import { comparePlaces, listExecutions } from "../engine/runner/directory-list.ts";
import { assert, assertEqual } from "./assert.ts";
import type { ContractCase } from "./contract.ts";

/** The access of the contract's cases to the store under test. */
export interface StoreSubject {
  /** A store to work on; called once by each case. */
  open(): MaybePromise<ExecutionStore>;
  /** The same store after its process was ended and started again. Absent where nothing is meant to survive that. */
  restart?(store: ExecutionStore): MaybePromise<ExecutionStore>;
  /** Called when a case is over, with the store it had last. */
  close?(store: ExecutionStore): MaybePromise<void>;
}

export type StoreCase = ContractCase<StoreSubject>;

/** Long enough for any adapter to have to split it: platforms take 400 kB to 2 MB in a row. */
export const HUGE = 2_300_000;
/** When executions of the cases start, unless told otherwise. */
export const STARTED = 1_700_000_000_000;

let scopes = 0;

/** Names that no other case and no other run has. */
export function scope(): string {
  scopes++;
  return `case-${scopes}-${Math.floor(Math.random() * 2 ** 32).toString(16)}`;
}

export function rowOf(functionName: string, name: string, fields: Partial<DirectoryRow> = {}): DirectoryRow {
  return {
    id: `${functionName}/${name}`,
    functionName,
    name,
    version: "$LATEST",
    incarnation: "0123456789abcdef0123456789abcdef",
    seq: 1,
    status: "RUNNING",
    startedAt: STARTED,
    ...fields,
  };
}

/** The whole log, page by page, or nothing if there is none; checks on the way that pages join without a gap. */
export async function readLog(store: ExecutionStore, id: string, from = 1): Promise<string[]> {
  const bodies: string[] = [];
  let next: number | undefined = from;
  while (next !== undefined) {
    const page = await store.read(id, next);
    if (page === undefined) return [];
    for (const body of page.bodies) bodies.push(body);
    if (page.next === undefined) break;
    assertEqual(page.next, from + bodies.length, "the number to read next");
    assert(page.bodies.length > 0, "a page that is not the last one has commits");
    next = page.next;
  }
  return bodies;
}

/** Reads stretches of the directory, and checks of each that it is in order, not too long, and behind its place. */
export function scanOf(store: ExecutionStore): (scan: DirectoryScan) => Promise<readonly DirectoryRow[]> {
  return async (scan) => {
    const rows = await store.list(scan);
    const direction = scan.reverse === true ? -1 : 1;
    assert(rows.length <= scan.limit, "a stretch holds no more rows than asked for");
    let before = scan.after;
    for (const row of rows) {
      assert(
        before === undefined || direction * comparePlaces(row, before) > 0,
        `${row.id} is behind what is before it`,
      );
      before = row;
    }
    return rows;
  };
}

/** Every row that a query finds, page by page. */
export async function listAll(store: ExecutionStore, query: Omit<ListQuery, "marker">): Promise<DirectoryRow[]> {
  const rows: DirectoryRow[] = [];
  let marker: string | undefined;
  do {
    const asked = marker === undefined ? query : { ...query, marker };
    const page = await listExecutions(asked, scanOf(store));
    assert(page.rows.length <= query.limit, "a page holds no more rows than asked for");
    assert(marker === undefined || page.marker !== marker, "a page begins where the one before it ended");
    for (const row of page.rows) rows.push(row);
    marker = page.marker;
  } while (marker !== undefined);
  return rows;
}

export function storeCase(name: string, check: (store: ExecutionStore, scope: string) => Promise<void>): StoreCase {
  return {
    name,
    async run(subject) {
      const store = await subject.open();
      try {
        await check(store, scope());
      } finally {
        await subject.close?.(store);
      }
    },
  };
}

/** A case in two halves with a restart of the store's process between them. */
export function restartCase(
  name: string,
  before: (store: ExecutionStore, scope: string) => Promise<void>,
  after: (store: ExecutionStore, scope: string) => Promise<void>,
): StoreCase {
  return {
    name,
    needs: "restart",
    async run(subject) {
      assert(subject.restart !== undefined, "the subject can restart");
      const own = scope();
      let store = await subject.open();
      try {
        await before(store, own);
        store = await subject.restart(store);
        await after(store, own);
      } finally {
        await subject.close?.(store);
      }
    },
  };
}

export async function createWith(store: ExecutionStore, row: DirectoryRow, bodies: readonly string[]): Promise<void> {
  const [first = "", ...others] = bodies;
  assertEqual(await store.create(row, first), "created", "create");
  for (const [at, body] of others.entries())
    assertEqual(await store.append(row.id, at + 2, body, row.incarnation), "appended", "append");
}

/** The next execution of the same name. */
export function successorOf(row: DirectoryRow): DirectoryRow {
  return { ...row, incarnation: "e".repeat(32), startedAt: row.startedAt + 1000 };
}

/** Makes a call whose outcome may be anything. */
export async function tryTo(call: () => MaybePromise<unknown>): Promise<unknown> {
  return Promise.resolve()
    .then(call)
    .catch(() => "refused");
}
