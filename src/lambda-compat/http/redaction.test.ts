import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { callbackIdOf } from "../../engine/model/callback-id.ts";
import { fitting } from "../../engine/model/fitting-failure.ts";
import { redactCallbackIds } from "./redaction.ts";
import { anyCharacter } from "../../../test/any-character.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const name = fc.stringMatching(/^[\w-]{1,40}$/);
const secret = fc.stringMatching(/^[0-9a-f]{32}$/);
/** The ways to write an id: in a mail, in a link, in JSON, and in JSON in JSON. */
const writings: readonly ((id: string) => string)[] = [
  (id) => id,
  (id) => `Approve: ${id}.`,
  (id) => `https://example.com/approve/${id}?by=mail`,
  (id) => `https://example.com/approve?id=${encodeURIComponent(id)}&by=mail`,
  (id) => id.replaceAll("=", ""),
  (id) => JSON.stringify({ id, again: id }),
  (id) => JSON.stringify(JSON.stringify({ text: `\n${id}\t` })),
  (id) => JSON.stringify(JSON.stringify(JSON.stringify([`\u0001${id}`]))),
];

describe("the secret of a callback", () => {
  test("is not in the text any more, however it is written", () => {
    fc.assert(
      fc.property(name, name, secret, fc.constantFrom(...writings), (functionName, execution, random, write) => {
        const id = callbackIdOf(`${functionName}/${execution}`, random);
        const written = write(id);
        const redacted = redactCallbackIds(written);
        expect(redacted).not.toContain(id.replaceAll("=", "").slice(-43));
        expect(redacted).toMatch(/-redacted-[0-9a-f]{16}/);
        for (let text: unknown = redacted; typeof text === "string" && /^["{]/.test(text); ) text = JSON.parse(text);
      }),
    );
  });

  test("is not guessed from what is left of an id in an error that was cut to fit", () => {
    const id = callbackIdOf("order/o-1", SECRET);
    for (let more = 0; more < 80; more++) {
      const { errorMessage = "" } = fitting({
        errorMessage: `${"-".repeat(27_000 + more * 16)}${id}${"-".repeat(9_000)}`,
      });
      const answer = JSON.stringify({ Error: { ErrorMessage: errorMessage } });
      const redacted = redactCallbackIds(answer);
      expect(() => JSON.parse(redacted) as unknown).not.toThrow();
      expect(redacted).not.toContain(id.slice(0, 24));
    }
  });

  test("leaves the words of a text that was cut which are too short for an id", () => {
    const text = `it failed at midnight… [truncated: 40000 characters in all]`;
    expect(redactCallbackIds(text)).toBe(text);
  });

  test("leaves something that differs from callback to callback and is the same everywhere", () => {
    const ids = ["1", "2"].map((digit) => callbackIdOf("order/o-1", SECRET.replace(/.$/, digit)));
    const [first, second] = ids.map(redactCallbackIds);
    expect(first).not.toBe(second);
    expect(redactCallbackIds(`see ${ids[0]}!`)).toBe(`see ${first}!`);
    expect(redactCallbackIds(first!)).toBe(first);
  });
});

test("other text stays as it is", () => {
  const others = [
    "",
    SECRET.repeat(4),
    btoa(`order/o-1\n${SECRET}`.slice(0, -1)),
    btoa(`order/o-1 ${SECRET}`),
    btoa(`order/o-1\n${SECRET.toUpperCase()}`),
    "x".repeat(47),
    "ä".repeat(100),
  ];
  for (const text of others) expect(redactCallbackIds(text)).toBe(text);
  fc.assert(fc.property(fc.string({ unit: anyCharacter, maxLength: 60 }), (text) => redactCallbackIds(text) === text));
});

test.for([
  ["one run", "a".repeat(6_000_000)],
  ["runs that are just too short", `${"a".repeat(45)} `.repeat(130_000)],
  ["runs that are just long enough", `${"a".repeat(48)} `.repeat(120_000)],
] as const)("a large payload is searched without running out of stack: %s", ([, text]) => {
  expect(redactCallbackIds(text)).toBe(text);
});
