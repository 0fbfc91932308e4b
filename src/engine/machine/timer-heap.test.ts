import fc from "fast-check";
import { expect, test } from "vitest";
import { TimerHeap } from "./timer-heap.ts";

const ids = ["a", "b", "c", "d", "e", "f", "g", "h"];
const action = fc.oneof(
  fc.record({ type: fc.constant("arm" as const), id: fc.constantFrom(...ids), at: fc.integer({ min: 0, max: 9 }) }),
  fc.record({ type: fc.constant("disarm" as const), id: fc.constantFrom(...ids), at: fc.constant(0) }),
);

test("agrees with a sorted list after any sequence of arming, moving and disarming", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), fc.integer({ min: -1, max: 10 }), (actions, now) => {
      const heap = new TimerHeap();
      const list = new Map<string, number>();
      for (const { type, id, at } of actions) {
        if (type === "arm") {
          heap.arm(id, at);
          list.set(id, at);
        } else {
          heap.disarm(id);
          list.delete(id);
        }
        const earliest = Math.min(...list.values());
        expect(heap.earliest?.at ?? Infinity).toBe(earliest);
        expect(heap.size).toBe(list.size);
      }
      // A map keeps a moved timer in its old place, as the heap does.
      const expected = [...list].filter(([, at]) => at <= now).toSorted((a, b) => a[1] - b[1]);
      expect(heap.due(now).map(({ id, at }) => [id, at])).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test("timers due together come in the order in which they were armed", () => {
  const heap = new TimerHeap();
  for (const id of ids) heap.arm(id, 5);
  heap.arm("a", 7);
  heap.arm("a", 5);
  expect(heap.due(5).map(({ id }) => id)).toEqual(ids);
});

test("looking at what is due leaves it armed", () => {
  const heap = new TimerHeap();
  heap.arm("a", 1);
  heap.arm("b", 2);
  expect(heap.due(1).map(({ id }) => id)).toEqual(["a"]);
  expect([...heap].map(({ id }) => id)).toEqual(["a", "b"]);
  heap.clear();
  expect(heap.earliest).toBeUndefined();
  expect(heap.has("a")).toBe(false);
});
