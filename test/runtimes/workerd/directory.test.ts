import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { DirectoryShards } from "../../../src/adapters/durable-objects/directory-shards.ts";
import {
  type DirectoryChange,
  type DirectoryStorage,
  DirectoryTable,
} from "../../../src/adapters/durable-objects/directory-table.ts";
import type { DirectoryRow } from "../../../src/engine/ports/execution-store.ts";
import { ClientError, type DirectoryPage, type ListQuery } from "../../../src/engine/runner/client.ts";
import { listExecutions } from "../../../src/engine/runner/directory-list.ts";

let fn = "";

beforeEach(() => {
  fn = `directory-${crypto.randomUUID()}`;
});

function rowOf(name: string, fields: Partial<DirectoryRow> = {}): DirectoryRow {
  const id = `${fn}/${name}`;
  return {
    id,
    functionName: fn,
    name,
    version: "1",
    incarnation: "i",
    seq: 1,
    status: "RUNNING",
    startedAt: 1,
    ...fields,
  };
}

function shards(count: number): DirectoryShards {
  return new DirectoryShards(env.DIRECTORY, count);
}

async function publish(directory: DirectoryShards, row: DirectoryRow, revision = 1): Promise<void> {
  await directory.publish(directory.shardOf(row.id), { row, revision, gone: [] });
}

function list(directory: DirectoryShards, query: ListQuery): Promise<DirectoryPage> {
  return listExecutions(query, (scan) => directory.list(scan));
}

async function pages(directory: DirectoryShards, query: ListQuery): Promise<string[][]> {
  const found: string[][] = [];
  let marker: string | undefined;
  do {
    const page = await list(directory, marker === undefined ? query : { ...query, marker });
    found.push(page.rows.map(({ name }) => name));
    marker = page.marker;
  } while (marker !== undefined);
  return found;
}

describe("the directory", () => {
  test("spreads executions over its shards and lists them as one, in order", async () => {
    const directory = shards(5);
    const names = Array.from({ length: 60 }, (_, index) => `n${String(index).padStart(2, "0")}`);
    const used = new Set(names.map((name) => directory.shardOf(`order/${name}`)));
    expect(used.size).toBe(5);
    for (const [index, name] of names.entries()) await publish(directory, rowOf(name, { startedAt: index >> 2 }));
    expect((await pages(directory, { functionName: fn, limit: 7 })).flat()).toEqual(names);
    expect((await pages(directory, { functionName: fn, limit: 7, reverse: true })).flat()).toEqual(names.toReversed());
  });

  test("fills every page but the last, and marks no page after the last row", async () => {
    const directory = shards(3);
    for (let index = 0; index < 12; index++) await publish(directory, rowOf(`n${index}`, { startedAt: index }));
    const lengths = async (limit: number): Promise<number[]> => {
      const found = await pages(directory, { functionName: fn, limit });
      return found.map((page) => page.length);
    };
    expect(await lengths(5)).toEqual([5, 5, 2]);
    expect(await lengths(6)).toEqual([6, 6]);
    expect(await lengths(12)).toEqual([12]);
    expect(await lengths(1)).toEqual(Array.from({ length: 12 }, () => 1));
  });

  test("lists a thousand rows in one page", async () => {
    const directory = shards(2);
    const names = Array.from({ length: 1001 }, (_, index) => `n${String(index).padStart(4, "0")}`);
    await Promise.all(names.map((name, startedAt) => publish(directory, rowOf(name, { startedAt }))));
    const found = await pages(directory, { functionName: fn, limit: 1000 });
    expect(found.map((page) => page.length)).toEqual([1000, 1]);
    expect(found.flat()).toEqual(names);
  });

  test("shows what was published to fewer shards after some were added", async () => {
    for (const name of ["a", "b", "c", "d"]) await publish(shards(1), rowOf(name));
    for (const name of ["e", "f", "g", "h"]) await publish(shards(4), rowOf(name));
    expect((await pages(shards(4), { functionName: fn, limit: 3 })).flat()).toEqual([..."abcdefgh"]);
  });

  test("keeps the newest state of a row whatever order the messages come in", async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 1 }), fc.uuid(), async (revisions, name) => {
        const directory = shards(2);
        for (const revision of revisions) await publish(directory, rowOf(name, { version: `${revision}` }), revision);
        expect(await directory.list({ functionName: fn, name, limit: 5 })).toEqual([
          rowOf(name, { version: `${Math.max(...revisions)}` }),
        ]);
      }),
      { numRuns: 20 },
    );
  });

  test("lists rows of the first version of perdure, which have no number", async () => {
    const directory = shards(2);
    const { seq: _, ...old } = rowOf("old");
    await publish(directory, old as DirectoryRow);
    await publish(directory, rowOf("new", { startedAt: 2 }));
    expect(await directory.list({ functionName: fn, limit: 5 })).toEqual([
      { ...old, seq: 0 },
      rowOf("new", { startedAt: 2 }),
    ]);
  });

  test("tells a marker that is none from one that is, by the error's code", async () => {
    const listing = list(shards(2), { functionName: fn, limit: 5, marker: "next" });
    await expect(listing).rejects.toBeInstanceOf(ClientError);
    await expect(listing).rejects.toMatchObject({ code: "InvalidParameterValueException" });
  });

  test("costs one row for every change, and one more for what runs and for each tag that comes", async () => {
    const object = env.DIRECTORY.get(env.DIRECTORY.idFromName("costs"));
    const written = await runInDurableObject(object, (_, { storage }) => {
      const counted: number[] = [];
      const exec = (...args: Parameters<SqlStorage["exec"]>): ReturnType<SqlStorage["exec"]> => {
        const cursor = storage.sql.exec(...args);
        if (!args[0].startsWith("CREATE")) counted.push(cursor.rowsWritten);
        return cursor;
      };
      const table = new DirectoryTable({ kv: storage.kv, sql: { exec } as SqlStorage });
      const costs = (change: DirectoryChange): number => {
        table.apply(change);
        return counted.splice(0).reduce((sum, rows) => sum + rows, 0);
      };
      const tags = { team: "a", stage: "begun" };
      return [
        costs({ row: rowOf("a"), revision: 1, gone: [] }),
        costs({ row: rowOf("a", { status: "SUCCEEDED" }), revision: 2, gone: [] }),
        costs({ revision: 3, gone: [{ functionName: fn, startedAt: 1, id: `${fn}/a` }] }),
        costs({ row: rowOf("b", { tags }), revision: 1, gone: [] }),
        costs({ row: rowOf("b", { tags, status: "SUCCEEDED" }), revision: 2, gone: [] }),
      ];
    });
    expect(written).toEqual([2, 1, 1, 4, 1]);
  });
});

describe("a directory of 3,000 executions that have ended, written before there were tags", () => {
  const CREATE = `CREATE TABLE executions (
    function_name TEXT, started_at INTEGER, id TEXT, name TEXT, version TEXT, status TEXT, revision INTEGER, row TEXT,
    PRIMARY KEY (function_name, started_at, id)) WITHOUT ROWID`;
  const INSERT = "INSERT INTO executions VALUES (?, ?, ?, ?, '1', ?, 1, ?)";

  function fill({ sql, kv }: DurableObjectStorage): void {
    sql.exec(CREATE);
    kv.put("format", 1);
    for (let at = 0; at < 3000; at++) {
      const row = rowOf(`n${at}`, { startedAt: at, ...(at % 1000 === 500 ? {} : { status: "SUCCEEDED", endedAt: 1 }) });
      const stored = at === 1500 ? { ...row, halted: true } : row;
      sql.exec(INSERT, fn, at, row.id, row.name, row.status, JSON.stringify(stored));
    }
  }

  /** The storage, and how many rows were read of it. */
  function counted(storage: DurableObjectStorage): { storage: DirectoryStorage; read: () => number } {
    const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
    const exec = (...args: Parameters<SqlStorage["exec"]>): ReturnType<SqlStorage["exec"]> => {
      const cursor = storage.sql.exec(...args);
      cursors.push(cursor);
      return cursor;
    };
    const read = (): number => cursors.splice(0).reduce((sum, { rowsRead }) => sum + rowsRead, 0);
    return { storage: { kv: storage.kv, sql: { exec } as SqlStorage }, read };
  }

  test("shows what runs, what is halted and what has a tag by reading no more than that", async () => {
    const stub = env.DIRECTORY.get(env.DIRECTORY.idFromName(`old-${fn}`));
    await runInDurableObject(stub, async (_, { storage }) => {
      fill(storage);
      const { storage: counting, read } = counted(storage);
      const table = new DirectoryTable(counting);
      table.apply({ row: rowOf("new", { startedAt: 5000, tags: { team: "a", region: "eu" } }), revision: 1, gone: [] });
      read();
      const shown = async (query: Omit<ListQuery, "limit">): Promise<unknown> => {
        const { rows } = await listExecutions({ ...query, limit: 10 }, (scan) => table.list(scan));
        return { names: rows.map(({ name }) => name), isCheap: read() < 40 };
      };
      const statuses = ["RUNNING"] as const;
      const running = ["n500", "n1500", "n2500", "new"];
      expect(await shown({ statuses })).toEqual({ names: running, isCheap: true });
      expect(await shown({ statuses, reverse: true })).toEqual({ names: running.toReversed(), isCheap: true });
      expect(await shown({ halted: true })).toEqual({ names: ["n1500"], isCheap: true });
      expect(await shown({ tags: { region: "eu", team: "a" } })).toEqual({ names: ["new"], isCheap: true });
      table.apply({ row: rowOf("new", { startedAt: 5000, tags: { team: "b" } }), revision: 2, gone: [] });
      table.apply({ row: rowOf("new", { startedAt: 5000, tags: { team: "a" } }), revision: 1, gone: [] });
      expect(await shown({ tags: { team: "a" } })).toEqual({ names: [], isCheap: true });
      expect(await shown({ tags: { team: "b" } })).toEqual({ names: ["new"], isCheap: true });
      table.apply({ revision: 3, gone: [{ functionName: fn, startedAt: 5000, id: `${fn}/new` }] });
      expect(await shown({ tags: { team: "b" } })).toEqual({ names: [], isCheap: true });
      expect(storage.sql.exec("SELECT count(*) AS count FROM tags").one()).toEqual({ count: 0 });
    });
  });
});
