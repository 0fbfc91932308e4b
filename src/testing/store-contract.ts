/**
 * What every ExecutionStore promises, case by case. The store under test may hold other executions: each case makes
 * names of its own and looks at nothing else.
 */

import type { ExecutionStatus } from "../engine/model/execution.ts";
import type { DirectoryRow, ExecutionStore, ListQuery } from "../engine/ports/execution-store.ts";
import type { MaybePromise } from "../engine/ports/maybe-promise.ts";
import { assert, assertEqual } from "./assert.ts";
import type { ContractCase } from "./contract.ts";

export interface StoreSubject {
  /** A store to work on; called once by each case. */
  open(): MaybePromise<ExecutionStore>;
  /** The same store after its process was ended and started again. Absent where nothing is meant to survive that. */
  restart?(store: ExecutionStore): MaybePromise<ExecutionStore>;
  /** Called when a case is over, with the store it had last. */
  close?(store: ExecutionStore): MaybePromise<void>;
}

type StoreCase = ContractCase<StoreSubject>;

/** Long enough for any adapter to have to split it: platforms take 400 kB to 2 MB in a row. */
const HUGE = 2_300_000;
/** A page of an adapter ends somewhere below this many commits of `PAGED_LENGTH` characters. */
const PAGED_COMMITS = 400;
const PAGED_LENGTH = 12_000;

let scopes = 0;

/** Names that no other case and no other run has. */
function scope(): string {
  scopes++;
  return `case-${scopes}-${Math.floor(Math.random() * 2 ** 32).toString(16)}`;
}

function rowOf(functionName: string, name: string, fields: Partial<DirectoryRow> = {}): DirectoryRow {
  return {
    id: `${functionName}/${name}`,
    functionName,
    name,
    version: "$LATEST",
    incarnation: "0123456789abcdef0123456789abcdef",
    status: "RUNNING",
    startedAt: 1_700_000_000_000,
    ...fields,
  };
}

/** The whole log, page by page; checks on the way that pages join without a gap. */
export async function readLog(store: ExecutionStore, id: string, from = 1): Promise<string[]> {
  const bodies: string[] = [];
  let next: number | undefined = from;
  while (next !== undefined) {
    const page = await store.read(id, next);
    bodies.push(...page.bodies);
    if (page.next === undefined) break;
    assertEqual(page.next, from + bodies.length, "the number to read next");
    assert(page.bodies.length > 0, "a page that is not the last one has commits");
    next = page.next;
  }
  return bodies;
}

/** Every row that a query finds, page by page. */
export async function listAll(store: ExecutionStore, query: Omit<ListQuery, "marker">): Promise<DirectoryRow[]> {
  const rows: DirectoryRow[] = [];
  let marker: string | undefined;
  do {
    const page = await store.list(marker === undefined ? query : { ...query, marker });
    assert(page.rows.length <= query.limit, "a page holds no more rows than asked for");
    assert(marker === undefined || page.marker !== marker, "a page begins where the one before it ended");
    rows.push(...page.rows);
    marker = page.marker;
  } while (marker !== undefined);
  return rows;
}

function storeCase(name: string, check: (store: ExecutionStore, scope: string) => Promise<void>): StoreCase {
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
function restartCase(
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

async function createWith(store: ExecutionStore, row: DirectoryRow, bodies: readonly string[]): Promise<void> {
  const [first = "", ...others] = bodies;
  assertEqual(await store.create(row, first), "created", "create");
  for (const [at, body] of others.entries())
    assertEqual(await store.append(row.id, at + 2, body), "appended", "append");
}

/** Bodies that come back as they were, whatever is in them. */
function bodyCase(what: string, bodies: () => readonly string[]): StoreCase {
  return storeCase(`keeps ${what}`, async (store, fn) => {
    const row = rowOf(fn, "bodies");
    const written = bodies();
    await createWith(store, row, written);
    const kept = await readLog(store, row.id);
    assertEqual(kept.length, written.length, "the number of commits");
    for (const [at, body] of written.entries()) assert(kept[at] === body, `commit ${at + 1} came back changed`);
  });
}

const logCases: readonly StoreCase[] = [
  storeCase("creates an execution with its row and its first commit", async (store, fn) => {
    const row = rowOf(fn, "a");
    assertEqual(await store.create(row, "one"), "created", "create");
    assertEqual(await readLog(store, row.id), ["one"], "the log");
    assertEqual(await listAll(store, { functionName: fn, limit: 10 }), [row], "the directory");
  }),
  storeCase("creates an execution once: the second changes neither row nor log", async (store, fn) => {
    const row = rowOf(fn, "a");
    await store.create(row, "one");
    await store.append(row.id, 2, "two");
    const other = { ...row, incarnation: "f".repeat(32), startedAt: row.startedAt + 5 };
    assertEqual(await store.create(other, "other"), "exists", "the second create");
    assertEqual(await readLog(store, row.id), ["one", "two"], "the log");
    assertEqual(await listAll(store, { functionName: fn, limit: 10 }), [row], "the directory");
  }),
  storeCase("creates once when many try at the same time", async (store, fn) => {
    const row = rowOf(fn, "a");
    const answers = await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => store.create(row, `writer ${writer}`)),
    );
    assertEqual(answers.filter((answer) => answer === "created").length, 1, "the number that created it");
    assertEqual(await readLog(store, row.id), [`writer ${answers.indexOf("created")}`], "the log");
  }),
  storeCase("still says that an execution exists after its row was described anew", async (store, fn) => {
    const row = rowOf(fn, "a");
    await store.create(row, "one");
    await store.describe({ ...row, status: "SUCCEEDED", endedAt: row.startedAt + 1 });
    assertEqual(await store.create(row, "other"), "exists", "create");
  }),
  storeCase("appends commits in order", async (store, fn) => {
    const row = rowOf(fn, "a");
    const bodies = ["one", "two", "three", "four"];
    await createWith(store, row, bodies);
    assertEqual(await readLog(store, row.id), bodies, "the log");
  }),
  storeCase("appends a number once: whoever comes second finds the first one's commit", async (store, fn) => {
    const row = rowOf(fn, "a");
    await store.create(row, "one");
    assertEqual(await store.append(row.id, 2, "first"), "appended", "the first append");
    assertEqual(await store.append(row.id, 2, "second"), "taken", "the second append");
    assertEqual(await store.append(row.id, 2, "first"), "taken", "the same append again");
    assertEqual(await readLog(store, row.id, 2), ["first"], "the log from 2");
    assertEqual(await store.append(row.id, 3, "third"), "appended", "the next number");
  }),
  storeCase("takes commit 1 from create: no append replaces it", async (store, fn) => {
    const row = rowOf(fn, "a");
    await store.create(row, "one");
    assertEqual(await store.append(row.id, 1, "other"), "taken", "append of commit 1");
    assertEqual(await readLog(store, row.id), ["one"], "the log");
  }),
  storeCase("lets exactly one of many writers have each number", async (store, fn) => {
    const row = rowOf(fn, "a");
    await store.create(row, "one");
    for (let seq = 2; seq <= 6; seq++) {
      const writers = Array.from({ length: 6 }, async (_, writer) => store.append(row.id, seq, `${seq} by ${writer}`));
      const answers = await Promise.all(writers);
      assertEqual(answers.filter((answer) => answer === "appended").length, 1, `the winners of ${seq}`);
      assertEqual(await readLog(store, row.id, seq), [`${seq} by ${answers.indexOf("appended")}`], `commit ${seq}`);
    }
  }),
  storeCase("shows no commit beyond a gap", async (store, fn) => {
    const row = rowOf(fn, "a");
    await store.create(row, "one");
    await Promise.resolve()
      .then(() => store.append(row.id, 3, "too far"))
      .catch(() => "refused");
    assertEqual(await readLog(store, row.id), ["one"], "the log");
  }),
  storeCase("keeps the logs of executions apart", async (store, fn) => {
    const rows = ["a", "b", "a-1", "A"].map((name) => rowOf(fn, name));
    for (const row of rows) await createWith(store, row, [`${row.name} one`, `${row.name} two`]);
    for (const { id, name } of rows) assertEqual(await readLog(store, id), [`${name} one`, `${name} two`], id);
  }),
  storeCase("reads nothing of an execution that it does not know", async (store, fn) => {
    assertEqual(await store.read(`${fn}/nobody`, 1), { bodies: [] }, "the page");
  }),
  storeCase("reads nothing beyond the end of a log", async (store, fn) => {
    const row = rowOf(fn, "a");
    await createWith(store, row, ["one", "two"]);
    assertEqual(await store.read(row.id, 3), { bodies: [] }, "the page after the end");
    assertEqual(await store.read(row.id, 9), { bodies: [] }, "a page far beyond");
  }),
  storeCase("reads a long log page by page, from any number", async (store, fn) => {
    const row = rowOf(fn, "long");
    const bodies = Array.from({ length: PAGED_COMMITS }, (_, at) => `${at + 1}:`.padEnd(PAGED_LENGTH, String(at % 10)));
    await createWith(store, row, bodies);
    for (const from of [1, 2, 199, PAGED_COMMITS]) {
      const read = await readLog(store, row.id, from);
      assertEqual(read.length, PAGED_COMMITS - from + 1, `the commits from ${from}`);
      for (const [at, body] of read.entries()) assert(body === bodies[from - 1 + at], `commit ${from + at} is its own`);
    }
  }),
  storeCase("reads what was appended while another page was read", async (store, fn) => {
    const row = rowOf(fn, "a");
    await createWith(store, row, ["one", "two"]);
    const page = await store.read(row.id, 1);
    await store.append(row.id, 3, "three");
    assertEqual(await readLog(store, row.id, page.bodies.length + 1), ["three"], "the rest");
  }),
];

const bodyCases: readonly StoreCase[] = [
  bodyCase("an empty body", () => ["", "two", ""]),
  bodyCase("text in every script, and what looks like code", () => [
    "Grüße, 世界, مرحبا, 👩‍👩‍👧‍👦, \u2028\u2029\ufeff",
    `'; DROP TABLE commits; -- "quoted" \\ %s \${x}`,
    "line\r\nbreaks\tand\ntabs",
  ]),
  bodyCase("control characters", () => ["\u0000", "a\u0000b\u0001\u001f\u007f", "\u0000\u0000"]),
  bodyCase("lone surrogates", () => ["\ud800", "a\udfffb", "\udc00\ud800"]),
  bodyCase("names of prototypes", () => ['{"__proto__":{"polluted":true}}', "__proto__", "constructor"]),
  bodyCase("a body of more than 2 MB", () => ["one", "x".repeat(HUGE), "three"]),
  bodyCase("several megabytes in commit 1", () => ["y".repeat(2 * HUGE)]),
  bodyCase("megabytes of characters that take several bytes each", () => ["one", "€".repeat(HUGE), "é".repeat(HUGE)]),
  bodyCase("characters in two halves wherever a long body is split", () => [
    "😀".repeat(HUGE / 2),
    `a${"😀".repeat(HUGE / 2)}`,
    `ab${"😀".repeat(HUGE / 2)}`,
  ]),
  storeCase("keeps names of prototypes as names", async (store) => {
    for (const name of ["__proto__", "constructor", "toString"]) {
      const row = rowOf(name, scope());
      await createWith(store, row, ["one", "two"]);
      assertEqual(await readLog(store, row.id), ["one", "two"], "the log");
      assertEqual(await listAll(store, { functionName: name, name: row.name, limit: 5 }), [row], "the directory");
    }
  }),
  storeCase("lets one of two writers have a number when bodies are large", async (store, fn) => {
    const row = rowOf(fn, "a");
    await store.create(row, "one");
    const bodies = ["p".repeat(HUGE), "q".repeat(HUGE + 1)];
    const answers = await Promise.all(bodies.map(async (body) => store.append(row.id, 2, body)));
    assertEqual([...answers].sort(), ["appended", "taken"], "the answers");
    const [kept] = await readLog(store, row.id, 2);
    assert(kept === bodies[answers.indexOf("appended")], "the winner's body is there, whole");
  }),
];

const STARTED = 1_700_000_000_000;
const statuses: readonly ExecutionStatus[] = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED"];

/** 30 executions over two functions: five of each function's start in the same millisecond. */
async function populate(store: ExecutionStore, fn: string): Promise<readonly DirectoryRow[]> {
  const rows = Array.from({ length: 30 }, (_, at) =>
    rowOf(at % 3 === 2 ? `${fn}-other` : fn, `n${(at * 7) % 30}`, {
      startedAt: STARTED + Math.floor(at / 5) * 100,
      version: at % 2 === 0 ? "1" : "2",
      status: statuses[at % statuses.length] ?? "RUNNING",
    }),
  );
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

const listCases: readonly StoreCase[] = [
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
      const page = await store.list({ functionName: fn, limit: 3, ...(marker !== undefined && { marker }) });
      seen.push(...names(page.rows));
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
  await store.describe({ ...last, status: "SUCCEEDED", endedAt: last.startedAt + 1 });
  if (turn % 2 === 0) await store.remove(last.id);
}

const rowCases: readonly StoreCase[] = [
  storeCase("replaces the row by describe, every field of it, and leaves the log alone", async (store, fn) => {
    const row = rowOf(fn, "a");
    await createWith(store, row, ["one", "two"]);
    const halted = { ...row, halted: true };
    await store.describe(halted);
    assertEqual(await listAll(store, { functionName: fn, limit: 5 }), [halted], "the halted row");
    const ended = { ...row, status: "FAILED", endedAt: STARTED + 5, expiresAt: STARTED + 9, version: "3" } as const;
    await store.describe(ended);
    assertEqual(await listAll(store, { functionName: fn, limit: 5 }), [ended], "the ended row");
    assertEqual(await readLog(store, row.id), ["one", "two"], "the log");
  }),
  storeCase("lists a row under its new status only", async (store, fn) => {
    const row = rowOf(fn, "a");
    await store.create(row, "one");
    await store.describe({ ...row, status: "STOPPED", endedAt: STARTED + 5 });
    assertEqual(await listAll(store, { functionName: fn, statuses: ["RUNNING"], limit: 5 }), [], "running");
    assertEqual(names(await listAll(store, { functionName: fn, statuses: ["STOPPED"], limit: 5 })), ["a"], "stopped");
  }),
  storeCase("forgets an execution: no log, no row, and its name is free again", async (store, fn) => {
    const row = rowOf(fn, "a");
    await createWith(store, row, ["one", "two", "x".repeat(HUGE)]);
    await store.remove(row.id);
    assertEqual(await readLog(store, row.id), [], "the log");
    assertEqual(await listAll(store, { functionName: fn, limit: 5 }), [], "the directory");
    const next = { ...row, incarnation: "e".repeat(32) };
    await createWith(store, next, ["new one", "new two"]);
    assertEqual(await readLog(store, row.id), ["new one", "new two"], "the new log");
    assertEqual(await listAll(store, { functionName: fn, limit: 5 }), [next], "the new row");
  }),
  storeCase("forgets one execution and no other", async (store, fn) => {
    const rows = ["a", "a-1", "ab"].map((name) => rowOf(fn, name));
    for (const row of rows) await store.create(row, row.name);
    await store.remove(`${fn}/a`);
    assertEqual(await readLog(store, `${fn}/a-1`), ["a-1"], "a log beside it");
    assertEqual(names(await listAll(store, { functionName: fn, limit: 5 })).sort(), ["a-1", "ab"], "the directory");
  }),
  storeCase("forgets what it does not know without a word", async (store, fn) => {
    await store.remove(`${fn}/nobody`);
    const row = rowOf(fn, "a");
    await store.create(row, "one");
    await store.remove(row.id);
    await store.remove(row.id);
    assertEqual(await readLog(store, row.id), [], "the log");
  }),
  storeCase("shows nothing that a late writer appends to what was removed", async (store, fn) => {
    const row = rowOf(fn, "a");
    await createWith(store, row, ["one", "two"]);
    await store.remove(row.id);
    await Promise.resolve()
      .then(() => store.append(row.id, 3, "late"))
      .catch(() => "refused");
    assertEqual(await readLog(store, row.id), [], "the log");
    await createWith(store, row, ["new one", "new two"]);
    assertEqual((await readLog(store, row.id)).slice(0, 2), ["new one", "new two"], "the new log");
  }),
  storeCase("keeps a row as it was given when the caller's object changes later", async (store, fn) => {
    const row = { ...rowOf(fn, "a") };
    await store.create(row, "one");
    (row as { version: string }).version = "changed";
    assertEqual(await listAll(store, { functionName: fn, limit: 5 }), [rowOf(fn, "a")], "the directory");
  }),
  storeCase("gives rows that nobody can change the store by", async (store, fn) => {
    await store.create(rowOf(fn, "a"), "one");
    const [row] = await listAll(store, { functionName: fn, limit: 5 });
    try {
      Object.assign(row ?? {}, { version: "changed" });
    } catch {
      // A frozen row is as good as a copy.
    }
    assertEqual(await listAll(store, { functionName: fn, limit: 5 }), [rowOf(fn, "a")], "the directory");
  }),
];

const restartCases: readonly StoreCase[] = [
  restartCase(
    "keeps what it acknowledged when its process ends",
    async (store, fn) => createWith(store, rowOf(fn, "a"), ["one", "two", "z".repeat(HUGE)]),
    async (store, fn) => {
      const row = rowOf(fn, "a");
      assertEqual(
        (await readLog(store, row.id)).map((body) => body.length),
        [3, 3, HUGE],
        "the log's lengths",
      );
      assertEqual(await listAll(store, { functionName: fn, limit: 5 }), [row], "the directory");
      assertEqual(await store.create(row, "other"), "exists", "create");
      assertEqual(await store.append(row.id, 3, "other"), "taken", "append of a number that is there");
      assertEqual(await store.append(row.id, 4, "four"), "appended", "append of the next number");
    },
  ),
  restartCase(
    "keeps described and removed rows that way when its process ends",
    async (store, fn) => {
      const ended = rowOf(fn, "ended");
      await store.create(ended, "one");
      await store.describe({ ...ended, status: "SUCCEEDED", endedAt: STARTED + 1 });
      await store.create(rowOf(fn, "gone"), "one");
      await store.remove(`${fn}/gone`);
    },
    async (store, fn) => {
      const rows = await listAll(store, { functionName: fn, limit: 5 });
      assertEqual(rows, [{ ...rowOf(fn, "ended"), status: "SUCCEEDED", endedAt: STARTED + 1 }], "the directory");
      assertEqual(await readLog(store, `${fn}/gone`), [], "the removed log");
    },
  ),
];

/** Every promise of the port. Cases with `needs: "restart"` are for subjects that have `restart`. */
export const storeContract: readonly StoreCase[] = [
  ...logCases,
  ...bodyCases,
  ...listCases,
  ...rowCases,
  ...restartCases,
];
