import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemoryStore } from "../../adapters/memory/memory-store.ts";
import type { ExecutionStatus } from "../model/execution.ts";
import type { DirectoryRow, DirectoryScan } from "../ports/execution-store.ts";
import { ClientError, type DirectoryPage, type ListQuery } from "./client.ts";
import { comparePlaces, listExecutions, mergeRows, scanAll } from "./directory-list.ts";

function rowOf(id: number, fields: Partial<DirectoryRow> = {}): DirectoryRow {
  const name = `n${String(id).padStart(4, "0")}`;
  const common = { functionName: "f", name, version: "1", incarnation: "i", seq: 1, status: "RUNNING" } as const;
  return { id: `f/${name}`, ...common, startedAt: id, ...fields };
}

/** A directory with so many rows, and how many of them each scan has read. */
function directoryOf(rows: readonly DirectoryRow[]) {
  const store = new MemoryStore();
  const scans: DirectoryScan[] = [];
  let read = 0;
  for (const row of rows) store.create(row, "one");
  return {
    store,
    scans,
    get read() {
      return read;
    },
    scan: (scan: DirectoryScan): readonly DirectoryRow[] => {
      const found = store.list(scan);
      scans.push(scan);
      read += found.length;
      return found;
    },
  };
}

function rowsOf(count: number, fields: (id: number) => Partial<DirectoryRow> = () => ({})): DirectoryRow[] {
  return Array.from({ length: count }, (_, id) => rowOf(id, fields(id)));
}

describe("a list", () => {
  test("reads one row more than its page has, however many there are", async () => {
    const directory = directoryOf(rowsOf(500));
    const page = await listExecutions({ limit: 10 }, directory.scan);
    expect(page.rows).toHaveLength(10);
    expect(page.marker).toBe("9:f/n0009");
    expect(directory.read).toBe(11);
  });

  test("of several statuses reads one page of each", async () => {
    const directory = directoryOf(rowsOf(500, (id) => ({ status: id % 2 === 0 ? "FAILED" : "STOPPED" })));
    const page = await listExecutions({ statuses: ["FAILED", "STOPPED", "FAILED"], limit: 10 }, directory.scan);
    expect(page.rows).toEqual(rowsOf(500, (id) => ({ status: id % 2 === 0 ? "FAILED" : "STOPPED" })).slice(0, 10));
    expect(directory.scans).toHaveLength(2);
    expect(directory.read).toBe(22);
  });

  test("of one version among many reads less than twice of what it has to, in few scans", async () => {
    const directory = directoryOf(rowsOf(2000, (id) => ({ version: id % 100 === 99 ? "new" : "old" })));
    const page = await listExecutions({ version: "new", limit: 3 }, directory.scan);
    expect(page.rows.map(({ startedAt }) => startedAt)).toEqual([99, 199, 299]);
    // The fourth of them tells that there is another page.
    expect(directory.read).toBeLessThan(2 * 400);
    expect(directory.scans.length).toBeLessThan(9);
  });

  test("begins and ends at its bounds", async () => {
    const directory = directoryOf(rowsOf(500));
    const bounds = { startedAfter: 200, startedBefore: 203 };
    const older = await listExecutions({ ...bounds, limit: 4 }, directory.scan);
    expect(older).toEqual({ rows: rowsOf(500).slice(200, 204) });
    const newer = await listExecutions({ ...bounds, limit: 4, reverse: true }, directory.scan);
    expect(newer).toEqual({ rows: rowsOf(500).slice(200, 204).reverse() });
    expect(directory.read).toBe(10);
  });

  test("goes on behind a marker whose row is gone, and never before its bounds", async () => {
    const directory = directoryOf(rowsOf(10));
    directory.store.remove("f/n0004");
    const { rows } = await listExecutions({ limit: 2, marker: "4:f/n0004" }, directory.scan);
    expect(rows.map(({ startedAt }) => startedAt)).toEqual([5, 6]);
    const bounded = await listExecutions({ limit: 2, marker: "1:f/n0001", startedAfter: 7 }, directory.scan);
    expect(bounded.rows.map(({ startedAt }) => startedAt)).toEqual([7, 8]);
    const reverse = { limit: 2, reverse: true, marker: "9:f/n0009", startedBefore: 3 };
    expect((await listExecutions(reverse, directory.scan)).rows.map(({ startedAt }) => startedAt)).toEqual([3, 2]);
  });

  test("takes bounds between two milliseconds, and none at all", async () => {
    const directory = directoryOf(rowsOf(6));
    const times = async (query: Omit<ListQuery, "limit">): Promise<number[]> =>
      (await listExecutions({ ...query, limit: 9 }, directory.scan)).rows.map(({ startedAt }) => startedAt);
    expect(await times({ startedAfter: 1.5, startedBefore: 4.5 })).toEqual([2, 3, 4]);
    expect(await times({ startedAfter: 1.5, startedBefore: 4.5, reverse: true })).toEqual([4, 3, 2]);
    expect(await times({ startedAfter: -Infinity, startedBefore: Infinity })).toHaveLength(6);
    expect(await times({ startedAfter: -Infinity, startedBefore: Infinity, reverse: true })).toHaveLength(6);
  });

  test("shows an execution that ends while the list is read, once and as it is then", async () => {
    const directory = directoryOf(rowsOf(5));
    const ended = { ...rowOf(2), seq: 2, status: "SUCCEEDED", endedAt: 9 } as const;
    const scan = async (asked: DirectoryScan): Promise<readonly DirectoryRow[]> => {
      const rows = directory.scan(asked);
      directory.store.putRow(ended);
      return rows;
    };
    for (const statuses of [
      ["SUCCEEDED", "RUNNING"],
      ["RUNNING", "SUCCEEDED"],
    ] as const) {
      const { rows } = await listExecutions({ statuses, limit: 9 }, scan);
      expect(rows).toEqual([rowOf(0), rowOf(1), ended, rowOf(3), rowOf(4)]);
    }
  });

  test("of what is halted, or of a tag, reads no more than that, however much else there is", async () => {
    const rows = rowsOf(5000, (id) => (id % 1000 === 7 ? { halted: true, tags: { team: "a" } } : {}));
    const directory = directoryOf(rows);
    const wanted = [7, 1007, 2007, 3007, 4007];
    for (const query of [{ halted: true }, { tags: { team: "a" } }, { tags: { team: "a" }, halted: true }]) {
      const page = await listExecutions({ ...query, functionName: "f", limit: 10 }, directory.scan);
      expect(page.rows.map(({ startedAt }) => startedAt)).toEqual(wanted);
    }
    expect(directory.read).toBe(15);
  });

  test("ends a page early when it has passed over thousands of rows, and goes on behind them", async () => {
    const directory = directoryOf(rowsOf(20_000, (id) => (id === 19_000 ? { name: "found", id: "f/found" } : {})));
    const lengths: number[] = [];
    let marker: string | undefined;
    do {
      const query = { namePrefix: "fo", limit: 100, ...(marker !== undefined && { marker }) };
      const page: DirectoryPage = await listExecutions(query, directory.scan);
      lengths.push(page.rows.length);
      ({ marker } = page);
    } while (marker !== undefined);
    expect(lengths).toEqual([0, 0, 0, 1]);
    expect(directory.read).toBe(20_000);
  });

  test("looks at each row of a store that has no index of tags", async () => {
    const rows = rowsOf(300, (id) =>
      id % 100 === 50 ? { tags: { team: "a", region: "eu" } } : { tags: { team: "b" } },
    );
    const directory = directoryOf(rows);
    const scan = ({ tag: _, ...asked }: DirectoryScan): readonly DirectoryRow[] => directory.scan(asked);
    for (const tags of [{ team: "a" }, { region: "eu", team: "a" }, { team: "a", region: "eu" }]) {
      const page = await listExecutions({ tags, limit: 2 }, scan);
      expect(page.rows.map(({ startedAt }) => startedAt)).toEqual([50, 150]);
      expect(page.marker).toBe("150:f/n0150");
    }
    expect((await listExecutions({ tags: { region: "us" }, limit: 2 }, scan)).rows).toEqual([]);
  });

  test("by tags keeps its place while rows come, change and go between two pages", async () => {
    const directory = directoryOf(rowsOf(9, () => ({ tags: { team: "a" } })));
    const first = await listExecutions({ tags: { team: "a" }, limit: 3 }, directory.scan);
    directory.store.putRow(rowOf(1, { seq: 2, tags: { team: "b" } }));
    directory.store.putRow(rowOf(4, { seq: 2, tags: { team: "b" } }));
    directory.store.putRow(rowOf(6, { seq: 2, status: "SUCCEEDED", endedAt: 9, tags: { team: "a" } }));
    directory.store.remove("f/n0005");
    const marker = first.marker ?? "";
    const { rows } = await listExecutions({ tags: { team: "a" }, limit: 9, marker }, directory.scan);
    expect(rows.map(({ startedAt }) => startedAt)).toEqual([3, 6, 7, 8]);
  });

  test("has no rows when no status is asked for, and reads none", async () => {
    const directory = directoryOf(rowsOf(5));
    expect(await listExecutions({ statuses: [], limit: 5 }, directory.scan)).toEqual({ rows: [] });
    expect(directory.scans).toEqual([]);
  });
});

describe("a list is refused before anything is read", () => {
  const markers = [
    ...["", "bogus", ":", "1", "1:", "x:f/a", "-1:f/a", "1.5:f/a", "01:f/a", " 1:f/a", "1 f/a", "1:f", "1:f/", "1:/a"],
    ...["1:f/a/b", "1:f/a b", "1:f/\u0000", "1e3:f/a", "9007199254740993:f/a", `1:f/${"a".repeat(65)}`, "1:f/a\n"],
  ];
  const queries: readonly ListQuery[] = [
    ...markers.map((marker) => ({ limit: 1, marker })),
    ...[0, -1, 1001, 1.5, Number.NaN, Number.POSITIVE_INFINITY].map((limit) => ({ limit })),
    { limit: 1, statuses: ["RUNNING", "DONE" as ExecutionStatus] },
    { limit: 1, startedAfter: Number.NaN },
    { limit: 1, startedBefore: Number.NaN },
  ];
  test.each(queries)("%j", async (query) => {
    const directory = directoryOf(rowsOf(3));
    const refusal = listExecutions(query, directory.scan);
    await expect(refusal).rejects.toBeInstanceOf(ClientError);
    await expect(refusal).rejects.toMatchObject({
      code: "InvalidParameterValueException",
      ...(query.marker === undefined ? {} : { message: "Invalid marker." }),
    });
    expect(directory.scans).toEqual([]);
  });
});

async function everyRow(query: ListQuery, scan: (scan: DirectoryScan) => readonly DirectoryRow[]) {
  const rows: DirectoryRow[] = [];
  for (let marker: string | undefined; ; ) {
    const page: DirectoryPage = await listExecutions(marker === undefined ? query : { ...query, marker }, scan);
    rows.push(...page.rows);
    if (page.marker === undefined) return rows;
    expect(page.rows).toHaveLength(query.limit);
    marker = page.marker;
  }
}

test("lists what a plain filter and sort would, over any rows and any query", async () => {
  const statuses: readonly ExecutionStatus[] = ["RUNNING", "SUCCEEDED", "FAILED"];
  const row = fc.record({
    id: fc.nat(999),
    startedAt: fc.nat(9),
    status: fc.constantFrom(...statuses),
    version: fc.constantFrom("1", "2"),
  });
  const query = fc.record(
    {
      limit: fc.integer({ min: 1, max: 7 }),
      statuses: fc.subarray([...statuses]),
      version: fc.constantFrom("1", "2"),
      startedAfter: fc.nat(9),
      startedBefore: fc.nat(9),
      reverse: fc.boolean(),
    },
    { requiredKeys: ["limit"] },
  );
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 60 }), query, async (made, asked) => {
      const rows = made.map(({ id, ...fields }) => rowOf(id, fields));
      const { version, startedAfter = 0, startedBefore = 9, reverse } = asked;
      const wanted = rows
        .filter((one) => (version ?? one.version) === one.version)
        .filter((one) => asked.statuses?.includes(one.status) ?? true)
        .filter((one) => one.startedAt >= startedAfter && one.startedAt <= startedBefore)
        .sort(comparePlaces);
      const found = await everyRow(asked, directoryOf(rows).scan);
      expect(found).toEqual(reverse === true ? wanted.reverse() : wanted);
    }),
  );
});

describe("rows of several lists", () => {
  test("are merged in order, and no list is read further than that takes", () => {
    let read = 0;
    function* counted(rows: readonly DirectoryRow[]): Generator<DirectoryRow> {
      for (const row of rows) {
        read++;
        yield row;
      }
    }
    const rows = rowsOf(300);
    const lists = [0, 1, 2].map((shard) => counted(rows.filter(({ startedAt }) => startedAt % 3 === shard)));
    expect(mergeRows(lists, { limit: 9 })).toEqual(rows.slice(0, 9));
    expect(read).toBeLessThanOrEqual(9 + lists.length);
  });

  test("are taken once where a row stands in two, the newer of both", () => {
    const newer = rowOf(1, { seq: 7, status: "FAILED" });
    expect(mergeRows([[rowOf(0), rowOf(1)], [newer]], { limit: 5 })).toEqual([rowOf(0), newer]);
    expect(mergeRows([[newer], [rowOf(1), rowOf(0)]], { limit: 5, reverse: true })).toEqual([newer, rowOf(0)]);
    expect(mergeRows([[rowOf(1), rowOf(2)], [newer]], { limit: 1 })).toEqual([newer]);
  });

  test("of a whole stretch come page by page", async () => {
    const directory = directoryOf(rowsOf(25));
    const found: DirectoryRow[] = [];
    for await (const row of scanAll({ limit: 10, reverse: true }, directory.scan)) found.push(row);
    expect(found).toEqual(rowsOf(25).reverse());
    expect(directory.scans).toHaveLength(3);
  });
});
