import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { md5 } from "./md5.ts";
import { anyCharacter } from "../../test/any-character.ts";

test("gives the digests of RFC 1321", () => {
  expect(md5("")).toBe("d41d8cd98f00b204e9800998ecf8427e");
  expect(md5("message digest")).toBe("f96b697d7cb7938d525a2f31aaf161d0");
  expect(md5("1234567890".repeat(8))).toBe("57edf4a22be3c955ac49da2e2107b67a");
});

test("agrees with Node for texts of any length and alphabet", () => {
  const anyText = fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 300 }),
    fc.string({ minLength: 50, maxLength: 70 }),
  );
  fc.assert(fc.property(anyText, (text) => md5(text) === createHash("md5").update(text, "utf8").digest("hex")));
});
