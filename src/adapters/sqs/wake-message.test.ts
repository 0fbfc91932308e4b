import { expect, test } from "vitest";
import { decodeWake, encodeWake } from "./wake-message.ts";

test("a wake comes out as it went in", () => {
  const [id, at] = [`${"f".repeat(140)}/${"n".repeat(64)}`, 1_800_000_000_000];
  expect(decodeWake(encodeWake({ id, at, group: "g" }))).toEqual({ id, at });
  expect(decodeWake(encodeWake({ id, group: "g" }))).toEqual({ id });
});

test.for([
  ...["", "no JSON", "null", "[]", '"f/n"', "{}", '{"wake":1}', '{"wake":["f/n"]}', '{"wake":"f"}', '{"wake":"f/n/o"}'],
  ...['{"wake":"f/"}', '{"wake":"/n"}', '{"wake":"f/n\\n"}', '{"wake":"f/\\u0000"}', '{"__proto__":{"wake":"f/n"}}'],
  // No table has such a key, so it could be looked at by nobody.
  JSON.stringify({ wake: `${"f".repeat(141)}/n` }),
  JSON.stringify({ wake: `f/${"n".repeat(65)}` }),
])("is no wake: %s", (body) => {
  expect(decodeWake(body)).toBeUndefined();
});
