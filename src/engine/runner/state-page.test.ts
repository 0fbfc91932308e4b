import { expect, test } from "vitest";
import { Recorder } from "../machine/recorder.ts";
import type { Operation } from "../model/operation.ts";
import { statePage } from "./state-page.ts";

const ROOM = 4_000_000;
const { header } = Recorder.started().state;

/** How many operations are on each page, of steps with results of these lengths. */
function pagesOf(lengths: readonly number[], limit = 1000): readonly number[] {
  const operations = lengths.map(stepWith);
  const counts: number[] = [];
  for (let marker: string | undefined = ""; marker !== undefined; ) {
    const page = statePage(header, operations, { limit, ...(marker !== "" && { marker }) });
    counts.push(page.operations.length);
    ({ marker } = page);
  }
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(lengths.length);
  return counts;
}

function stepWith(length: number, index: number): Operation {
  const id = String(index + 1);
  return { id, type: "STEP", status: "SUCCEEDED", startedAt: 1, endedAt: 1, attempt: 1, result: "x".repeat(length) };
}

test.for<[string, readonly number[], readonly number[]]>([
  ["what fits to the unit", [ROOM / 2, ROOM / 2], [2]],
  ["before what is a unit too large", [ROOM / 2, ROOM / 2 + 1, 1], [1, 2]],
  ["before the largest, which has one of its own", [1, 6_291_456, 1], [1, 1, 1]],
  ["small ones, all of them", Array.from({ length: 5 }, () => 10), [5]],
  ["none at all", [], [0]],
])("a page has %s", ([, lengths, pages]) => {
  expect(pagesOf(lengths)).toEqual(pages);
});

test("an input and an error count like a result", () => {
  const invoke = { id: "1", type: "CHAINED_INVOKE", status: "FAILED", startedAt: 1, endedAt: 1, functionName: "f" };
  const large = { ...invoke, input: "x".repeat(ROOM / 2), error: { errorMessage: "x".repeat(ROOM / 2) } } as Operation;
  expect(statePage(header, [stepWith(1, 1), large], { limit: 5 }).operations).toHaveLength(1);
});

test("a page has no more than were asked for", () => {
  expect(pagesOf([1, 1, 1, 1, 1], 2)).toEqual([2, 2, 1]);
});
