import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "vitest";
import { applicable } from "../../testing/contract.ts";
import { rowOf } from "../../testing/store-case.ts";
import { storeContract } from "../../testing/store-contract.ts";
import { SqliteStore } from "./sqlite-store.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";

// In memory where there is such a folder: what the contract asks about is the end of a process, not of the power.
const folder = temporaryFolder("perdure-sqlite", existsSync("/dev/shm") ? "/dev/shm" : tmpdir());
const path = join(folder, "executions.db");
let open = new SqliteStore(path, { exclusive: true });

afterAll(() => {
  open.close();
});

const subject = {
  open: () => open,
  restart() {
    open.close();
    open = new SqliteStore(path, { exclusive: true });
    return open;
  },
};

describe("the store's contract, on node:sqlite", () => {
  test.each(applicable(storeContract))("$name", ({ run }) => run(subject));
});

test("a file that a store keeps to itself is refused to the next one, until that has closed", () => {
  const other = join(folder, "other.db");
  const first = new SqliteStore(other, { exclusive: true });
  expect(() => new SqliteStore(other, { exclusive: true })).toThrow(expect.objectContaining({ code: "STORE_IN_USE" }));
  first.close();
  const second = new SqliteStore(other, { exclusive: true });
  expect(second.create(rowOf("f", "a"), "one")).toBe("created");
  second.close();
});

test("a file from before tags shows what is halted, and takes tags", () => {
  const old = join(folder, "old.db");
  const database = new DatabaseSync(old);
  database.exec(`
    CREATE TABLE executions (
      id TEXT PRIMARY KEY, incarnation TEXT, function_name TEXT, name TEXT, status TEXT,
      started_at INTEGER, expires_at INTEGER, row TEXT);
    CREATE TABLE commits (
      id TEXT, incarnation TEXT, seq INTEGER, body TEXT, PRIMARY KEY (id, incarnation, seq)) WITHOUT ROWID;`);
  for (const row of [rowOf("f", "a"), { ...rowOf("f", "b"), halted: true }]) {
    const { id, incarnation, functionName, name, status, startedAt } = row;
    const values = [id, incarnation, functionName, name, status, startedAt, null, JSON.stringify(row)];
    database.prepare("INSERT INTO executions VALUES (?, ?, ?, ?, ?, ?, ?, ?)").run(...values);
  }
  database.close();
  const store = new SqliteStore(old);
  expect(store.list({ halted: true, limit: 5 }).map(({ name }) => name)).toEqual(["b"]);
  store.putRow({ ...rowOf("f", "a"), seq: 2, tags: { team: "a" } });
  expect(store.list({ tag: ["team", "a"], limit: 5 }).map(({ name }) => name)).toEqual(["a"]);
  store.remove("f/a", rowOf("f", "a").incarnation);
  expect(store.list({ tag: ["team", "a"], limit: 5 })).toEqual([]);
  store.close();
});
