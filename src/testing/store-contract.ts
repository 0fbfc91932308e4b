/**
 * The contract of every ExecutionStore, case by case. The store under test may hold other executions: each case makes
 * names of its own and looks at nothing else.
 */

import { assertEqual } from "./assert.ts";
import { createWith, HUGE, listAll, readLog, restartCase, rowOf, STARTED, type StoreCase } from "./store-case.ts";
import { expiryCases, listCases, refusalCases, scanCases } from "./store-directory-cases.ts";
import { incarnationCases, removalCases, snapshotCases } from "./store-incarnation-cases.ts";
import { bodyCases, logCases } from "./store-log-cases.ts";
import { rowCases } from "./store-row-cases.ts";

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
      assertEqual(await store.append(row.id, 3, "other", row.incarnation), "taken", "append of a number that is there");
      assertEqual(await store.append(row.id, 4, "four", row.incarnation), "appended", "append of the next number");
    },
  ),
  restartCase(
    "keeps described and removed rows that way when its process ends",
    async (store, fn) => {
      const ended = rowOf(fn, "ended");
      await store.create(ended, "one");
      await store.putRow({ ...ended, seq: 2, status: "SUCCEEDED", endedAt: STARTED + 1 });
      await store.create(rowOf(fn, "gone"), "one");
      await store.remove(`${fn}/gone`, ended.incarnation);
    },
    async (store, fn) => {
      const rows = await listAll(store, { functionName: fn, limit: 5 });
      assertEqual(
        rows,
        [{ ...rowOf(fn, "ended"), seq: 2, status: "SUCCEEDED", endedAt: STARTED + 1 }],
        "the directory",
      );
      assertEqual(await store.read(`${fn}/gone`, 1), undefined, "the removed log");
    },
  ),
];

/** Every promise of the port. Cases with `needs: "restart"` are for subjects that have `restart`. */
export const storeContract: readonly StoreCase[] = [
  ...logCases,
  ...bodyCases,
  ...listCases,
  ...scanCases,
  ...refusalCases,
  ...expiryCases,
  ...rowCases,
  ...removalCases,
  ...incarnationCases,
  ...snapshotCases,
  ...restartCases,
];
