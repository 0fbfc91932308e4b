import fc from "fast-check";
import { expect, test } from "vitest";
import { SortedIndex } from "./sorted-index.ts";

test("holds and walks what a sorted array would, after any additions and removals", () => {
  const act = fc.record({ add: fc.boolean(), value: fc.nat(3000) });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 3000, size: "max" }), fc.nat(3000), (acts, from) => {
      const index = new SortedIndex<number, number>((a, b) => a - b);
      const model = new Set<number>();
      for (const { add, value } of acts) {
        if (add && !model.has(value)) index.add(value);
        if (!add) index.remove(value);
        if (add) model.add(value);
        else model.delete(value);
      }
      const sorted = [...model].sort((a, b) => a - b);
      expect([...index.up()]).toEqual(sorted);
      expect([...index.down()]).toEqual([...sorted].reverse());
      expect([...index.up(from)]).toEqual(sorted.filter((value) => value >= from));
      expect([...index.down(from)]).toEqual(sorted.filter((value) => value <= from).reverse());
    }),
    { numRuns: 50 },
  );
});

test("finds, adds and removes among 100,000 values by comparing some dozens", () => {
  let comparisons = 0;
  const index = new SortedIndex<number, number>((a, b) => {
    comparisons++;
    return a - b;
  });
  for (let value = 0; value < 100_000; value++) index.add(2 * value);
  expect(comparisons).toBeLessThan(40 * 100_000);
  comparisons = 0;
  index.add(99_999);
  index.remove(50_000);
  expect(index.up(49_999).next().value).toBe(50_002);
  expect(index.down(99_999).next().value).toBe(99_999);
  expect(comparisons).toBeLessThan(5 * 40);
});
