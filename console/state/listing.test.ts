import { expect, test } from "vitest";
import { type ExecutionRow, NO_FILTER } from "../model/filter.ts";
import { Listing, MOST_ROWS } from "./listing.ts";

const BEHIND = 1_500;

/** So many executions, one each second; the newest is the first. */
function everything(): readonly ExecutionRow[] {
  const length = MOST_ROWS + BEHIND;
  return Array.from({ length }, (_, at) => ({
    ...{ arn: `arn:${at}`, name: `e${at}`, functionName: "order", version: "1", state: "SUCCEEDED" as const },
    ...{ startedAt: 1_700_000_000_000 - 1000 * at, endedAt: undefined, tags: {} },
  }));
}

function listingOf(all: readonly ExecutionRow[], filter = NO_FILTER): Listing<number> {
  const found = all.filter(({ startedAt }) => startedAt <= (filter.before ?? startedAt));
  return new Listing<number>(
    {
      page: (_, { limit, marker = 0 }) => {
        const next = marker + limit < found.length ? marker + limit : undefined;
        return Promise.resolve({ rows: found.slice(marker, marker + limit), looked: limit, next });
      },
    },
    filter,
  );
}

test("a list of more executions than are kept goes on in another one, from the last on", async () => {
  const all = everything();
  const listing = listingOf(all);
  await listing.more();
  expect(listing.older).toBeUndefined();
  await listing.all(MOST_ROWS, () => true);
  const { length } = listing.rows.value;
  expect(length).toBeGreaterThanOrEqual(MOST_ROWS);
  expect(listing.older).toEqual({ ...NO_FILTER, before: all[length - 1]?.startedAt });
  const older = listingOf(all, listing.older);
  const rows = await older.all(MOST_ROWS, () => true);
  expect([rows[0]?.name, rows.at(-1)?.name, rows.length]).toEqual([
    `e${length - 1}`,
    `e${MOST_ROWS + BEHIND - 1}`,
    MOST_ROWS + BEHIND - length + 1,
  ]);
  expect(older.older).toBeUndefined();
});
