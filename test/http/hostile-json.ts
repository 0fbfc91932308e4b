/** Bodies of requests as somebody who means no good would write them. */

import fc from "fast-check";

/** Text of JSON, where `JSON.stringify` would not go: numbers out of range, lone surrogates, great depth, no JSON. */
export const rawValue = fc.oneof(
  { weight: 8, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)) },
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      ...["1e999", "-1e999", "1e-999", "-0", "1.5", "123456789012345678901234567890", "31622401", "9007199254740993"],
      ...["null", "true", "[]", "{}", "[null]", '""', '"\\ud800"', '"\\u0000"', '{"__proto__":{"toString":1}}'],
      ...["", "undefined", "NaN", "01", "'x'", "[", '{"a"}', "\u00a0", "\ufeff1"],
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom("[".repeat(100_000) + "]".repeat(100_000), "[".repeat(100_000)) },
  { weight: 1, arbitrary: fc.constant(`"${"x".repeat(300_000)}"`) },
);

/** An object with some of these members, each with any value; a value in brackets is given as it is. */
export function rawObject(members: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<string> {
  const some = fc.subarray(Object.keys(members));
  const fill = (names: readonly string[]): fc.Arbitrary<string> =>
    fc
      .tuple(...names.map((name) => members[name] as fc.Arbitrary<string>))
      .map((values) => `{${values.map((value, index) => `"${names[index]}":${value}`).join()}}`);
  return fc.oneof({ weight: 5, arbitrary: some.chain(fill) }, { weight: 1, arbitrary: rawValue });
}

/** Mostly one of these texts. */
export function often(...values: readonly string[]): fc.Arbitrary<string> {
  const texts = values.map((value) => JSON.stringify(value));
  return fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...texts) }, { weight: 1, arbitrary: rawValue });
}
