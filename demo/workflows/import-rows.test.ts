import { DurableTestRunner } from "perdure/testing";
import { expect, test } from "vitest";
import { importRows } from "./import-rows.ts";

test("imports all rows and reports the bad ones", async () => {
  const rows = ["a,1", "b,2", "c,x", "d,4"];
  const { result } = await new DurableTestRunner(importRows).run({ payload: { rows } });
  expect(result).toEqual({
    status: "imported",
    imported: 3,
    total: 7,
    bad: [{ row: 2, reason: 'no amount in "c,x"' }],
  });
});

test("stops when more rows are bad than it puts up with", async () => {
  const rows = ["a,1", "b,?", "c,?", "d,4", "e,5"];
  const { result, operations } = await new DurableTestRunner(importRows).run({
    payload: { rows, tolerated: 1, atOnce: 1 },
  });
  expect(result).toMatchObject({ status: "stopped", imported: 1, total: 1, bad: [{ row: 1 }, { row: 2 }] });
  expect(operations.filter(({ name }) => name?.startsWith("row"))).toHaveLength(3);
});

test("imports nothing from nothing", async () => {
  const { result } = await new DurableTestRunner(importRows).run({ payload: { rows: [] } });
  expect(result).toEqual({ status: "imported", imported: 0, total: 0, bad: [] });
});
