import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { DirectoryShards } from "../../../src/adapters/durable-objects/directory-shards.ts";
import { DirectoryTable } from "../../../src/adapters/durable-objects/directory-table.ts";
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

  test("costs one row for every change", async () => {
    const object = env.DIRECTORY.get(env.DIRECTORY.idFromName("costs"));
    const written = await runInDurableObject(object, (_, { storage }) => {
      const counted: number[] = [];
      const exec = (...args: Parameters<SqlStorage["exec"]>): ReturnType<SqlStorage["exec"]> => {
        const cursor = storage.sql.exec(...args);
        if (!args[0].startsWith("CREATE")) counted.push(cursor.rowsWritten);
        return cursor;
      };
      const table = new DirectoryTable({ kv: storage.kv, sql: { exec } as SqlStorage });
      table.apply({ row: rowOf("a"), revision: 1, gone: [] });
      table.apply({ row: rowOf("a", { status: "SUCCEEDED" }), revision: 2, gone: [] });
      table.apply({ revision: 3, gone: [{ functionName: fn, startedAt: 1, id: `${fn}/a` }] });
      return counted;
    });
    expect(written).toEqual([1, 1, 1]);
  });
});
