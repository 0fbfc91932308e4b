/** The store's contract for logs and their commits. */

import { assert, assertEqual } from "./assert.ts";
import { createWith, HUGE, listAll, readLog, rowOf, scope, storeCase, type StoreCase, tryTo } from "./store-case.ts";

/** A page of an adapter ends somewhere below this many commits of `PAGED_LENGTH` characters. */
const PAGED_COMMITS = 400;
const PAGED_LENGTH = 12_000;

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

export const logCases: readonly StoreCase[] = [
  storeCase("creates an execution with its row and its first commit", async (store, fn) => {
    const row = rowOf(fn, "a");
    assertEqual(await store.create(row, "one"), "created", "create");
    assertEqual(await readLog(store, row.id), ["one"], "the log");
    assertEqual(await listAll(store, { functionName: fn, limit: 10 }), [row], "the directory");
  }),
  storeCase("creates an execution once: the second changes neither row nor log", async (store, fn) => {
    const row = rowOf(fn, "a");
    await store.create(row, "one");
    await store.append(row.id, 2, "two", row.incarnation);
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
    await store.putRow({ ...row, status: "SUCCEEDED", endedAt: row.startedAt + 1 });
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
    assertEqual(await store.append(row.id, 2, "first", row.incarnation), "appended", "the first append");
    assertEqual(await store.append(row.id, 2, "second", row.incarnation), "taken", "the second append");
    assertEqual(await store.append(row.id, 2, "first", row.incarnation), "taken", "the same append again");
    assertEqual(await readLog(store, row.id, 2), ["first"], "the log from 2");
    assertEqual(await store.append(row.id, 3, "third", row.incarnation), "appended", "the next number");
  }),
  storeCase("takes commit 1 from create: no append replaces it", async (store, fn) => {
    const row = rowOf(fn, "a");
    await store.create(row, "one");
    assertEqual(await store.append(row.id, 1, "other", row.incarnation), "taken", "append of commit 1");
    assertEqual(await readLog(store, row.id), ["one"], "the log");
  }),
  storeCase("lets exactly one of many writers have each number", async (store, fn) => {
    const row = rowOf(fn, "a");
    await store.create(row, "one");
    for (let seq = 2; seq <= 6; seq++) {
      const writers = Array.from({ length: 6 }, async (_, writer) =>
        store.append(row.id, seq, `${seq} by ${writer}`, row.incarnation),
      );
      const answers = await Promise.all(writers);
      assertEqual(answers.filter((answer) => answer === "appended").length, 1, `the winners of ${seq}`);
      assertEqual(await readLog(store, row.id, seq), [`${seq} by ${answers.indexOf("appended")}`], `commit ${seq}`);
    }
  }),
  storeCase("shows no commit beyond a gap", async (store, fn) => {
    const row = rowOf(fn, "a");
    await store.create(row, "one");
    await tryTo(() => store.append(row.id, 3, "too far", row.incarnation));
    assertEqual(await readLog(store, row.id), ["one"], "the log");
  }),
  storeCase("keeps the logs of executions apart", async (store, fn) => {
    const rows = ["a", "b", "a-1", "A"].map((name) => rowOf(fn, name));
    for (const row of rows) await createWith(store, row, [`${row.name} one`, `${row.name} two`]);
    for (const { id, name } of rows) assertEqual(await readLog(store, id), [`${name} one`, `${name} two`], id);
  }),
  storeCase("reads nothing of an execution that it does not know", async (store, fn) => {
    assertEqual(await store.read(`${fn}/nobody`, 1), undefined, "the page");
    assertEqual(await store.read(`${fn}/nobody`, 5), undefined, "a later page");
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
  storeCase("reads no more commits than asked for, and says where to go on", async (store, fn) => {
    const row = rowOf(fn, "a");
    await createWith(store, row, ["one", "two", "three", "four", "five"]);
    const { incarnation } = row;
    const first = await store.read(row.id, 1, { limit: 2 });
    assertEqual(first, { bodies: ["one", "two"], next: 3 }, "the first page");
    assertEqual(await store.read(row.id, 3, { limit: 1, incarnation }), { bodies: ["three"], next: 4 }, "one commit");
    assertEqual(await store.read(row.id, 4, { limit: 2000 }), { bodies: ["four", "five"] }, "the rest");
    const last = await store.read(row.id, 4, { limit: 2 });
    assertEqual(last?.bodies, ["four", "five"], "a page that ends where the log ends");
  }),
  storeCase("reads what was appended while another page was read", async (store, fn) => {
    const row = rowOf(fn, "a");
    await createWith(store, row, ["one", "two"]);
    const page = await store.read(row.id, 1);
    await store.append(row.id, 3, "three", row.incarnation);
    assertEqual(await readLog(store, row.id, (page?.bodies.length ?? 0) + 1), ["three"], "the rest");
  }),
];

export const bodyCases: readonly StoreCase[] = [
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
    const answers = await Promise.all(bodies.map(async (body) => store.append(row.id, 2, body, row.incarnation)));
    assertEqual([...answers].sort(), ["appended", "taken"], "the answers");
    const [kept] = await readLog(store, row.id, 2);
    assert(kept === bodies[answers.indexOf("appended")], "the winner's body is there, whole");
  }),
];
