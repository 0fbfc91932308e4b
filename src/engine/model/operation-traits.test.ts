import fc from "fast-check";
import { expect, test } from "vitest";
import { dueTimeOf } from "./operation-traits.ts";
import type { CallbackOperation, Operation } from "./operation.ts";

const open = { id: "1", status: "STARTED", startedAt: 5 } as const;

test("a callback is due at the earlier of the deadlines that it has", () => {
  const deadlines = fc.record({ timeoutAt: fc.nat(), heartbeatAt: fc.nat() }, { requiredKeys: [] });
  fc.assert(
    fc.property(deadlines, (given) => {
      const callback: CallbackOperation = { ...open, type: "CALLBACK", callbackId: "c", ...given };
      const times = Object.values(given);
      expect(dueTimeOf(callback)).toBe(times.length === 0 ? undefined : Math.min(...times));
    }),
  );
});

const others: readonly (readonly [string, Operation, number | undefined])[] = [
  ["a wait at its end", { ...open, type: "WAIT", waitSeconds: 1, dueAt: 1005 }, 1005],
  ["a step that runs at no time", { ...open, type: "STEP", attempt: 0, nextAttemptAt: 9 }, undefined],
  [
    "a step between two attempts at the next",
    { ...open, type: "STEP", status: "PENDING", attempt: 1, nextAttemptAt: 9 },
    9,
  ],
  ["a context at no time", { ...open, type: "CONTEXT" }, undefined],
  ["a chained invoke at no time", { ...open, type: "CHAINED_INVOKE", functionName: "f" }, undefined],
];

test.each(others)("due: %s", (_what, operation, dueAt) => {
  expect(dueTimeOf(operation)).toBe(dueAt);
});
