import { expect, test } from "vitest";
import { heldRows } from "./held-rows.ts";

interface Row {
  readonly id: string;
  readonly status?: string;
}

const rows = (...ids: readonly string[]): readonly Row[] => ids.map((id) => ({ id }));
const held = (shown: readonly Row[], items: readonly Row[]): { ids: string; withheld: number } => {
  const { rows: kept, withheld } = heldRows(shown, items, ({ id }) => id);
  return { ids: kept.map(({ id }) => id).join(" "), withheld };
};

test("new rows above and between the shown ones wait, and are counted", () => {
  expect(held(rows("b", "d"), rows("a", "b", "c", "d"))).toEqual({ ids: "b d", withheld: 2 });
});

test("rows that follow on the last shown one are shown", () => {
  expect(held(rows("b", "c"), rows("a", "b", "c", "d", "e"))).toEqual({ ids: "b c d e", withheld: 1 });
});

test("a row that has gone keeps its place", () => {
  expect(held(rows("a", "b", "c"), rows("a", "c"))).toEqual({ ids: "a b c", withheld: 0 });
  expect(held(rows("a", "b"), rows("a", "c"))).toEqual({ ids: "a b c", withheld: 0 });
});

test("rows say what they are now", () => {
  const now = heldRows([{ id: "a", status: "RUNNING" }], [{ id: "a", status: "FAILED" }], ({ id }) => id);
  expect(now.rows).toEqual([{ id: "a", status: "FAILED" }]);
});

test("a list in which none of the shown rows is any more is another list", () => {
  expect(held(rows("a", "b"), rows("c", "d"))).toEqual({ ids: "c d", withheld: 0 });
  expect(held(rows("a"), [])).toEqual({ ids: "", withheld: 0 });
  expect(held([], rows("a"))).toEqual({ ids: "a", withheld: 0 });
});
