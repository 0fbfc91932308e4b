import fc from "fast-check";
import { expect, test } from "vitest";
import { type ExecutionRow } from "./filter.ts";
import { appended, reread } from "./list-store.ts";
import { type Heads, mergeHeads } from "./merge-heads.ts";

const row = (startedAt: number, arn = `arn-${startedAt}`): ExecutionRow => ({
  ...{ arn, name: arn, functionName: "f", version: "1", state: "RUNNING", startedAt, endedAt: undefined, tags: {} },
});
const arns = (rows: readonly ExecutionRow[]): readonly string[] => rows.map(({ arn }) => arn);

test("a row that was there is not there twice when the next page comes", () => {
  expect(arns(appended([row(9), row(8, "a")], [row(8, "a"), row(8, "b"), row(7)]))).toEqual([
    "arn-9",
    "a",
    "b",
    "arn-7",
  ]);
});

test("what has come to be there gets into its place, and what is there no more goes", () => {
  const rows = [row(9), row(8), row(7), row(6)];
  expect(arns(reread(rows, { rows: [row(10), row(9), row(7)], oldest: 7 }))).toEqual([
    ...["arn-10", "arn-9", "arn-7", "arn-6"],
  ]);
});

test("a part in the middle is replaced, and what started at its lower bound stays", () => {
  const rows = [row(9), row(8), row(7, "a"), row(7, "b"), row(6)];
  const ended = { ...row(8), state: "SUCCEEDED" } as const;
  const now = reread(rows, { rows: [ended, row(7, "a")], newest: 8, oldest: 7 });
  expect(arns(now)).toEqual(["arn-9", "arn-8", "a", "b", "arn-6"]);
  expect(now[1]?.state).toBe("SUCCEEDED");
});

test("a hundred thousand rows are reread in a blink of work: only what is near is looked at", () => {
  let looked = 0;
  const rows = Array.from({ length: 100_000 }, (_, index) => {
    const startedAt = 100_000 - index;
    return Object.defineProperty({ ...row(startedAt) }, "startedAt", { get: () => (looked++, startedAt) });
  });
  reread(rows, { rows: [row(50_000)], newest: 50_000, oldest: 50_000 });
  expect(looked).toBeLessThan(100);
});

test("lists of several functions become one in the order of their starts, whatever their pages are", () => {
  const lists = fc.array(fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 20 }), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(lists, fc.integer({ min: 1, max: 5 }), (times, size) => {
      const all = times.map((list, at) => list.toSorted((a, b) => b - a).map((time, n) => row(time, `${at}-${n}`)));
      const merged = mergedBy(all, size);
      expect(merged.map(({ startedAt }) => startedAt)).toEqual(times.flat().toSorted((a, b) => b - a));
      expect(new Set(arns(merged)).size).toBe(times.flat().length);
    }),
  );
});

/** Pages are read as they run out, as the face is asked for them. */
function mergedBy(lists: readonly (readonly ExecutionRow[])[], size: number): readonly ExecutionRow[] {
  const merged: ExecutionRow[] = [];
  let heads: Heads | undefined = new Map(lists.map((_, at) => [String(at), { rows: [], marker: "0" }]));
  while (heads !== undefined) {
    const filled: Heads = new Map(
      [...heads].map(([name, { rows, marker }]) => {
        if (rows.length > 0 || marker === undefined) return [name, { rows, marker }];
        const [list = [], from] = [lists[Number(name)], Number(marker)];
        const next = from + size < list.length ? String(from + size) : undefined;
        return [name, { rows: list.slice(from, from + size), marker: next }];
      }),
    );
    const { rows, rest } = mergeHeads(filled, 3);
    for (const each of rows) merged.push(each);
    heads = rest;
  }
  return merged;
}
