import { expect, test } from "vitest";
import { ClientError } from "../../engine/runner/client.ts";
import { reach } from "./reach.ts";

/** Fails as often as told, then answers. */
function failing(times: number, error: unknown): { call: () => Promise<string>; calls: () => number } {
  let calls = 0;
  return {
    calls: () => calls,
    call: async () => {
      calls++;
      if (calls <= times) throw error;
      return "answer";
    },
  };
}

test("makes a repeatable call again until it is answered", async () => {
  const { call, calls } = failing(3, new Error("reset"));
  expect(await reach(call, true)).toBe("answer");
  expect(calls()).toBe(4);
});

test("gives up after four tries and names what the platform said as the cause", async () => {
  const reset = new Error("reset");
  const { call, calls } = failing(9, reset);
  const error: unknown = await reach(call, true).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ClientError);
  expect(error).toMatchObject({ code: "ServiceException", cause: reset });
  expect(calls()).toBe(4);
});

test("makes a call that must not be repeated once", async () => {
  const { call, calls } = failing(1, new Error("reset"));
  await expect(reach(call, false)).rejects.toMatchObject({ code: "ServiceException" });
  expect(calls()).toBe(1);
});

test.for([
  [
    "another class",
    { remote: true },
    /leads to another class/,
    'The RPC receiver does not implement the method "call".',
  ],
  ["no calls of objects", {}, /compatibility_date/, "stub.call is not a function"],
] as const)("says at once what is wrong with a configuration: %s", async ([, marks, words, said]) => {
  const { call, calls } = failing(9, Object.assign(new TypeError(said), marks));
  await expect(reach(call, true)).rejects.toMatchObject({
    code: "ServiceException",
    message: expect.stringMatching(words),
  });
  expect(calls()).toBe(1);
});

test("takes what went wrong inside of an object for no configuration", async () => {
  const { call } = failing(9, Object.assign(new TypeError("order.total is not a function"), { remote: true }));
  await expect(reach(call, false)).rejects.toMatchObject({ message: expect.stringMatching(/could not be reached/) });
});

test("leaves an overloaded object alone", async () => {
  const { call, calls } = failing(1, Object.assign(new Error("too much"), { overloaded: true, retryable: true }));
  await expect(reach(call, true)).rejects.toMatchObject({ code: "TooManyRequestsException" });
  expect(calls()).toBe(1);
});

test("passes a refusal on as it is", async () => {
  const refusal = new ClientError("ResourceNotFoundException", "gone");
  const { call, calls } = failing(1, refusal);
  await expect(reach(call, true)).rejects.toBe(refusal);
  expect(calls()).toBe(1);
});
