import fc from "fast-check";
import { expect, test } from "vitest";
import { callbackIdOf, executionIdOfCallback } from "./callback-id.ts";

const random = "0123456789abcdef0123456789abcdef";

test("is base64 of the execution's id and the random digits", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zA-Z0-9_-]{1,140}\/[a-zA-Z0-9_-]{1,64}$/), (executionId) => {
      const id = callbackIdOf(executionId, random);
      expect(id).toBe(btoa(`${executionId}\n${random}`));
      expect(executionIdOfCallback(id)).toBe(executionId);
    }),
  );
});

test.each([
  ["nothing", ""],
  ["text outside the alphabet", "ab_d"],
  ["a length that base64 does not have", "abcde"],
  ["no line break", btoa("order/o-1")],
  ["no execution", btoa(`\n${random}`)],
  ["too few random digits", btoa(`order/o-1\n${random.slice(1)}`)],
  ["more than the API takes", btoa(`${"a".repeat(1024)}\n${random}`)],
])("%s is no callback id", (_what, text) => {
  expect(executionIdOfCallback(text)).toBeUndefined();
});

test("never throws, whatever it is given", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const executionId = executionIdOfCallback(text);
      expect(executionId === undefined || executionId.length > 0).toBe(true);
    }),
  );
});
