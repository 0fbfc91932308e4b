import fc from "fast-check";
import { expect, test } from "vitest";
import { joinPart, splitBody } from "./body-parts.ts";
import { anyCharacter } from "../../../test/any-character.ts";

const ROW_LIMIT_BYTES = 2_000_000;

function bytes(part: string | ArrayBuffer): number {
  return typeof part === "string" ? new TextEncoder().encode(part).length : part.byteLength;
}

function join(parts: readonly (string | ArrayBuffer)[]): string {
  return parts.map(joinPart).join("");
}

test("keeps a small body in one value", () => {
  expect(splitBody("")).toEqual([""]);
  expect(splitBody('{"v":1}')).toEqual(['{"v":1}']);
});

test("keeps every part under the row limit whatever the characters take", () => {
  for (const unit of ["a", "é", "漢", "😀"]) {
    const body = unit.repeat(1_500_000);
    const parts = splitBody(body);
    expect(Math.max(...parts.map(bytes))).toBeLessThan(ROW_LIMIT_BYTES);
    expect(join(parts) === body).toBe(true);
  }
});

test("never cuts a surrogate pair", () => {
  const body = `a${"😀".repeat(700_000)}`;
  const parts = splitBody(body);
  expect(parts.every((part) => typeof part === "string" && part.isWellFormed())).toBe(true);
  expect(join(parts) === body).toBe(true);
});

test("brings lone surrogates back unchanged", () => {
  const body = `x\ud800y${"z".repeat(700_000)}\udc00`;
  expect(join(splitBody(body)) === body).toBe(true);
});

test("joins what it split, for any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (body) => {
      expect(join(splitBody(body))).toBe(body);
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
      const body = String.fromCharCode(...units);
      expect(join(splitBody(body))).toBe(body);
    }),
  );
});
