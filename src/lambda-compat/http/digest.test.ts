import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hex, hmac, isSame, sha256, utf8 } from "./digest.ts";
import { anyCharacter } from "../../../test/any-character.ts";

test("digests and codes are those of the platform", async () => {
  const text = fc.string({ unit: anyCharacter });
  await fc.assert(
    fc.asyncProperty(text, text, async (key, data) => {
      expect(await sha256(utf8(data))).toBe(createHash("sha256").update(data).digest("hex"));
      expect(hex(await hmac(utf8(`k${key}`), data))).toBe(createHmac("sha256", `k${key}`).update(data).digest("hex"));
    }),
    { numRuns: 50 },
  );
});

test("only what is the same is the same", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (left, right) => {
      expect(isSame(left, right)).toBe(left === right);
      expect(isSame(left, left)).toBe(true);
      expect(isSame(left + right, left)).toBe(right === "");
    }),
  );
});
