/** The store's contract for the directory: its stretches, and the lists that are made of them. */

import type { ExecutionStatus } from "../engine/model/execution.ts";
import { hasTag, type Tags } from "../engine/model/tags.ts";
import type { DirectoryPlace, DirectoryRow, DirectoryScan, ExecutionStore } from "../engine/ports/execution-store.ts";
import type { ListQuery } from "../engine/runner/client.ts";
import { comparePlaces, listExecutions, scanAll } from "../engine/runner/directory-list.ts";
import { assert, assertEqual, failureOf } from "./assert.ts";
import { listAll, rowOf, scanOf, STARTED, storeCase, type StoreCase } from "./store-case.ts";

const statuses: readonly ExecutionStatus[] = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED"];

/**
 * 31 executions over two functions, some of which start in the same millisecond; one name is used in both. Some have tags,
 * one of them under a key of objects, and some of those that run are halted.
 */
async function populate(store: ExecutionStore, fn: string): Promise<readonly DirectoryRow[]> {
  const rows = Array.from({ length: 30 }, (_, at) =>
    rowOf(at % 3 === 2 ? `${fn}-other` : fn, `n${(at * 7) % 30}`, {
      startedAt: STARTED + Math.floor(at / 5) * 100,
      version: at % 2 === 0 ? "1" : "2",
      status: statuses[at % statuses.length] ?? "RUNNING",
      ...(at % 10 === 0 && { halted: true }),
      ...(at % 4 === 0 && { tags: { [`team-${fn}`]: "a", region: at % 8 === 0 ? "eu" : "us" } }),
      ...(at === 6 && { tags: JSON.parse(`{"__proto__":"${fn}"}`) as Record<string, string> }),
    }),
  );
  rows.push(rowOf(`${fn}-other`, "n7", { startedAt: STARTED + 100, status: "SUCCEEDED" }));
  for (const row of rows) await store.create(row, "one");
  return rows;
}

function names(rows: readonly DirectoryRow[]): string[] {
  return rows.map(({ name }) => name);
}

/** The rows that a filter keeps are those that a plain filter over all of them keeps, in the promised order. */
function filterCase(what: string, filter: (fn: string) => Omit<ListQuery, "limit">): StoreCase {
  return storeCase(`lists by ${what}`, async (store, fn) => {
    const rows = await populate(store, fn);
    const query = filter(fn);
    const wanted = rows.filter((row) => isWanted(row, query));
    assert(wanted.length > 0 && wanted.length < rows.length, "the filter keeps some rows and not all");
    const found = (await listAll(store, { ...query, limit: 7 })).filter((row) => row.functionName.startsWith(fn));
    assertEqual([...names(found)].sort(), [...names(wanted)].sort(), "the rows");
    assertOrder(found, query.reverse === true);
  });
}

function isWanted(row: DirectoryRow, query: Omit<ListQuery, "limit">): boolean {
  return (
    (query.functionName === undefined || row.functionName === query.functionName) &&
    (query.name === undefined || row.name === query.name) &&
    (query.version === undefined || row.version === query.version) &&
    (query.statuses === undefined || query.statuses.includes(row.status)) &&
    (query.namePrefix === undefined || row.name.startsWith(query.namePrefix)) &&
    (query.halted === undefined || query.halted === (row.halted === true)) &&
    Object.entries(query.tags ?? {}).every(([key, value]) => hasTag(row.tags, key, value)) &&
    (query.startedAfter === undefined || row.startedAt >= query.startedAfter) &&
    (query.startedBefore === undefined || row.startedAt <= query.startedBefore)
  );
}

function assertOrder(rows: readonly DirectoryRow[], reverse: boolean): void {
  for (const [at, row] of rows.entries()) {
    const before = rows[at - 1]?.startedAt ?? row.startedAt;
    assert(reverse ? before >= row.startedAt : before <= row.startedAt, `row ${at} is in order`);
  }
}

export const listCases: readonly StoreCase[] = [
  filterCase("function", (functionName) => ({ functionName })),
  filterCase("function, newest first", (functionName) => ({ functionName, reverse: true })),
  filterCase("name", (functionName) => ({ functionName, name: "n7" })),
  filterCase("name in every function, newest first", () => ({ name: "n14", reverse: true })),
  filterCase("version", (functionName) => ({ functionName, version: "2" })),
  filterCase("status", (functionName) => ({ functionName, statuses: ["RUNNING"] })),
  filterCase("several statuses", (functionName) => ({ functionName, statuses: ["FAILED", "STOPPED"], reverse: true })),
  filterCase("earliest start", (functionName) => ({ functionName, startedAfter: STARTED + 200 })),
  filterCase("latest start", (functionName) => ({ functionName, startedBefore: STARTED + 200 })),
  filterCase("a range of starts, both ends included", (functionName) => ({
    functionName,
    startedAfter: STARTED + 100,
    startedBefore: STARTED + 300,
  })),
  filterCase("a range of starts, newest first", (functionName) => ({
    functionName,
    startedAfter: STARTED + 100,
    startedBefore: STARTED + 300,
    reverse: true,
  })),
  filterCase("the beginning of a name", (functionName) => ({ functionName, namePrefix: "n1" })),
  filterCase("what is halted", (functionName) => ({ functionName, halted: true })),
  filterCase("what is halted, newest first", (functionName) => ({ functionName, halted: true, reverse: true })),
  filterCase("what runs and is not halted", (functionName) => ({ functionName, statuses: ["RUNNING"], halted: false })),
  filterCase("a tag", (functionName) => ({ functionName, tags: { [`team-${functionName}`]: "a" } })),
  filterCase("a tag whose key objects have", (functionName) => ({
    functionName,
    tags: JSON.parse(`{"__proto__":"${functionName}"}`) as Tags,
  })),
  filterCase("two tags of a function, newest first", (functionName) => ({
    functionName,
    tags: { [`team-${functionName}`]: "a", region: "eu" },
    reverse: true,
  })),
  filterCase("a tag and several statuses", (functionName) => ({
    functionName,
    tags: { [`team-${functionName}`]: "a" },
    statuses: ["RUNNING", "FAILED"],
  })),
  filterCase("a tag and one status", (functionName) => ({
    functionName,
    tags: { [`team-${functionName}`]: "a" },
    statuses: ["RUNNING"],
  })),
  filterCase("a tag and what is halted", (functionName) => ({
    functionName,
    tags: { [`team-${functionName}`]: "a" },
    halted: true,
  })),
  storeCase("finds an execution by its tags and its halt as they are now", async (store, fn) => {
    const row = rowOf(fn, "a", { tags: { stage: "cart", team: fn } });
    const found = async (query: Omit<ListQuery, "limit">): Promise<number> =>
      (await listAll(store, { functionName: fn, ...query, limit: 5 })).length;
    const stage = (value: string): Promise<number> => found({ tags: { stage: value, team: fn } });
    await store.create(row, "one");
    assertEqual([await stage("cart"), await stage("paid"), await found({ halted: true })], [1, 0, 0], "at the start");
    await store.putRow({ ...row, seq: 2, tags: { stage: "paid", team: fn }, halted: true });
    assertEqual([await stage("cart"), await stage("paid"), await found({ halted: true })], [0, 1, 1], "changed");
    await store.putRow({ ...row, seq: 1, tags: { stage: "cart", team: fn } });
    assertEqual([await stage("cart"), await stage("paid"), await found({ halted: true })], [0, 1, 1], "said again");
    const { tags: _, ...untagged } = row;
    await store.putRow({ ...untagged, seq: 3, status: "STOPPED", endedAt: STARTED + 1 });
    assertEqual([await stage("paid"), await found({ halted: true })], [0, 0], "at the end");
    await store.putRow({ ...row, seq: 4 });
    await store.remove(row.id, row.incarnation);
    assertEqual([await stage("cart"), await found({})], [0, 0], "removed");
    await store.create({ ...untagged, incarnation: "next" }, "one");
    assertEqual([await stage("cart"), await found({})], [0, 1], "another of its name");
  }),
  filterCase("all filters at once", (functionName) => ({
    functionName,
    version: "1",
    statuses: ["RUNNING", "SUCCEEDED", "FAILED"],
    startedAfter: STARTED,
    startedBefore: STARTED + 400,
  })),
  storeCase("lists executions of every function when none is named", async (store, fn) => {
    const rows = await populate(store, fn);
    const found = await listAll(store, { statuses, startedAfter: STARTED, limit: 1000 });
    const own = found.filter(({ functionName }) => functionName.startsWith(fn));
    assertEqual([...names(own)].sort(), [...names(rows)].sort(), "the rows");
    assertOrder(found, false);
  }),
  storeCase("lists nothing for a function that it does not know", async (store, fn) => {
    assertEqual(await listAll(store, { functionName: `${fn}-none`, limit: 5 }), [], "the rows");
  }),
  storeCase("lists nothing when no status is asked for", async (store, fn) => {
    await populate(store, fn);
    assertEqual(await listAll(store, { functionName: fn, statuses: [], limit: 5 }), [], "the rows");
  }),
  storeCase("pages through a list in either direction, one row at a time or many", async (store, fn) => {
    const rows = (await populate(store, fn)).filter(({ functionName }) => functionName === fn);
    const whole = names(await listAll(store, { functionName: fn, limit: 1000 }));
    assertEqual(whole.length, rows.length, "the number of rows");
    for (const limit of [1, 3, rows.length, rows.length + 1]) {
      assertEqual(names(await listAll(store, { functionName: fn, limit })), whole, `pages of ${limit}`);
      const reversed = names(await listAll(store, { functionName: fn, limit, reverse: true }));
      assertEqual(reversed, [...whole].reverse(), `pages of ${limit}, newest first`);
    }
  }),
  storeCase("pages on while executions start, end and are removed: nothing twice, nothing lost", async (store, fn) => {
    const rows = (await populate(store, fn)).filter(({ functionName }) => functionName === fn);
    const seen: string[] = [];
    let marker: string | undefined;
    let turn = 0;
    do {
      const query = { functionName: fn, limit: 3, ...(marker !== undefined && { marker }) };
      const page = await listExecutions(query, scanOf(store));
      for (const row of page.rows) seen.push(row.name);
      marker = page.marker;
      await disturb(store, { fn, turn, last: page.rows.at(-1) });
      turn++;
    } while (marker !== undefined && turn < 100);
    const removed = new Set(rows.map(({ name }) => name).filter((name) => !seen.includes(name)));
    assertEqual([...removed], [], "the rows that were there all the time and were not listed");
    assertEqual(new Set(seen).size, seen.length, "the number of different rows");
  }),
];

/** Between two pages: one starts before every other, the page's last one ends and is then removed. */
async function disturb(
  store: ExecutionStore,
  { fn, turn, last }: { fn: string; turn: number; last: DirectoryRow | undefined },
): Promise<void> {
  await store.create(rowOf(fn, `early-${turn}`, { startedAt: STARTED - 1000 + turn }), "one");
  if (last === undefined) return;
  await store.putRow({ ...last, seq: 2, status: "SUCCEEDED", endedAt: last.startedAt + 1 });
  if (turn % 2 === 0) await store.remove(last.id, last.incarnation);
}

type Filter = Pick<DirectoryScan, "functionName" | "status" | "name">;

function ids(rows: readonly DirectoryRow[]): string[] {
  return rows.map(({ id }) => id);
}

/** Before all, on a row, between two ids of one millisecond, between two milliseconds, and behind all. */
function placesAmong(rows: readonly DirectoryRow[]): DirectoryPlace[] {
  const { startedAt, id } = rows[Math.floor(rows.length / 2)] ?? { startedAt: STARTED, id: "" };
  return [
    { startedAt: STARTED - 1, id: "z" },
    { startedAt, id },
    { startedAt, id: `${id}-` },
    { startedAt: startedAt + 50, id },
    { startedAt: STARTED + 1_000_000, id: "" },
  ];
}

/** The rows behind a place, by a plain filter and sort. */
function stretchOf(
  rows: readonly DirectoryRow[],
  { functionName, status, name, reverse, after }: DirectoryScan,
): string[] {
  const direction = reverse === true ? -1 : 1;
  const found = rows
    .filter((row) => (functionName ?? row.functionName) === row.functionName)
    .filter((row) => (status ?? row.status) === row.status && (name ?? row.name) === row.name)
    .filter((row) => after === undefined || direction * comparePlaces(row, after) > 0);
  return ids(found.sort((a, b) => direction * comparePlaces(a, b)));
}

/** Scans in both directions, from every kind of place, in pages of different lengths. */
function scanCase(what: string, filterOf: (fn: string) => Filter): StoreCase {
  return storeCase(
    `scans ${what} in both directions, from places where a row stands and where none does`,
    async (store, fn) => {
      const rows = await populate(store, fn);
      for (const reverse of [false, true]) {
        for (const after of placesAmong(rows)) {
          const filter = filterOf(fn);
          // Other cases have rows too: where those are in the way, pages are longer.
          const limit = filter.functionName === undefined ? 200 : 9;
          const scan: DirectoryScan = { ...filter, after, limit, ...(reverse && { reverse }) };
          const found: DirectoryRow[] = [];
          for await (const row of scanAll(scan, scanOf(store))) found.push(row);
          const own = found.filter(({ functionName }) => functionName.startsWith(fn));
          assertEqual(
            ids(own),
            stretchOf(rows, scan),
            `from ${JSON.stringify(after)}${reverse ? ", newest first" : ""}`,
          );
        }
      }
    },
  );
}

export const scanCases: readonly StoreCase[] = [
  scanCase("everything", () => ({})),
  scanCase("a function", (functionName) => ({ functionName })),
  scanCase("a status", () => ({ status: "FAILED" })),
  scanCase("a status of a function", (functionName) => ({ functionName, status: "RUNNING" })),
  scanCase("a name", () => ({ name: "n14" })),
  scanCase("a name of a function", (functionName) => ({ functionName, name: "n7" })),
  scanCase("a name in a status", (functionName) => ({ functionName, name: "n7", status: "SUCCEEDED" })),
  storeCase("orders ids by code units among those of one millisecond", async (store, fn) => {
    const names = ["a", "B", "_", "-", "a-1", "A", "aa", "9", "10"];
    for (const name of names) await store.create(rowOf(fn, name), "one");
    const found = await store.list({ functionName: fn, limit: 100 });
    assertEqual(ids(found), names.map((name) => `${fn}/${name}`).sort(), "the ids");
  }),
  storeCase("scans as many rows as asked for, and fewer only at the end", async (store, fn) => {
    await populate(store, fn);
    const count = async (limit: number): Promise<number> => (await store.list({ functionName: fn, limit })).length;
    for (const limit of [1, 2, 19, 20]) assertEqual(await count(limit), limit, `rows of ${limit}`);
    for (const limit of [21, 1001]) assertEqual(await count(limit), 20, `rows of ${limit}`);
  }),
];

const INVALID_QUERIES: Readonly<Record<string, Omit<ListQuery, "functionName">>> = {
  "a limit of 0": { limit: 0 },
  "a limit above 1000": { limit: 1001 },
  "a limit that is no whole number": { limit: 1.5 },
  "a limit that is no number": { limit: Number.NaN },
  "a status that there is not": { limit: 1, statuses: ["DONE" as ExecutionStatus] },
  "a time that is no number": { limit: 1, startedAfter: Number.NaN },
  "a marker that no page gave": { limit: 1, marker: "bogus" },
  "a tag that there cannot be": { limit: 1, tags: { "a b": "c" } },
  "a name that cannot begin so": { limit: 1, namePrefix: "a/b" },
};

export const refusalCases: readonly StoreCase[] = Object.entries(INVALID_QUERIES).map(([what, query]) =>
  storeCase(`lists nothing for ${what}, and says so`, async (store, fn) => {
    await store.create(rowOf(fn, "a"), "one");
    const failure = await failureOf(() => listExecutions({ functionName: fn, ...query }, scanOf(store)), "the list");
    assertEqual((failure as { code?: unknown }).code, "InvalidParameterValueException", "the code");
  }),
);

let expiries = Math.floor(Math.random() * 2 ** 30);

/** A time that no other case has its rows expire around. */
function newExpiry(): number {
  expiries += 1000;
  return expiries;
}

export const expiryCases: readonly StoreCase[] = [
  storeCase("finds what may be removed by now, and nothing that is to be kept", async (store, fn) => {
    const now = newExpiry();
    const ends: readonly (number | undefined)[] = [now - 1, now, now + 1, undefined];
    for (const [at, expiresAt] of ends.entries()) {
      const row = rowOf(fn, `n${at}`);
      await store.create(row, "one");
      if (expiresAt !== undefined) await store.putRow({ ...row, ...ENDED, expiresAt });
    }
    assertEqual(ids(await expiredOf(store, fn, now)).sort(), [`${fn}/n0`, `${fn}/n1`], "the rows");
    await store.remove(`${fn}/n0`, rowOf(fn, "n0").incarnation);
    assertEqual(await expiredOf(store, fn, now), [{ ...rowOf(fn, "n1"), ...ENDED, expiresAt: now }], "what is left");
  }),
  storeCase("finds no more that may be removed than asked for", async (store, fn) => {
    const now = newExpiry();
    for (let at = 0; at < 5; at++) {
      const row = rowOf(fn, `n${at}`);
      await store.create(row, "one");
      await store.putRow({ ...row, ...ENDED, expiresAt: now - at });
    }
    const found = await store.expired(now, 3);
    assertEqual(found.length, 3, "the number of rows");
    for (const { expiresAt = Number.NaN } of found) assert(expiresAt <= now, "the row may be removed");
    for (let at = 0; at < 5; at++) await store.remove(`${fn}/n${at}`, rowOf(fn, "").incarnation);
  }),
];

const ENDED = { seq: 2, status: "SUCCEEDED", endedAt: 1 } as const;

async function expiredOf(store: ExecutionStore, fn: string, now: number): Promise<readonly DirectoryRow[]> {
  const rows = await store.expired(now, 1000);
  return rows.filter(({ functionName }) => functionName === fn);
}
