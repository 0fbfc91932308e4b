import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { md5, wireId } from "./md5.ts";

test("gives the digests of RFC 1321", () => {
  expect(md5("")).toBe("d41d8cd98f00b204e9800998ecf8427e");
  expect(md5("message digest")).toBe("f96b697d7cb7938d525a2f31aaf161d0");
  expect(md5("1234567890".repeat(8))).toBe("57edf4a22be3c955ac49da2e2107b67a");
});

test("agrees with Node for texts of any length and alphabet", () => {
  const anyText = fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.string({ minLength: 50, maxLength: 70 }));
  fc.assert(fc.property(anyText, (text) => md5(text) === createHash("md5").update(text, "utf8").digest("hex")));
});

test("gives AWS's ids for positions", () => {
  expect(["1", "2", "3", "1-1", "1-2", "1-1-1"].map(wireId)).toEqual([
    "c4ca4238a0b92382",
    "c81e728d9d4c2f63",
    "eccbc87e4b5ce2fe",
    "ea66c06c1e1c05fa",
    "98c6f2c2287f4c73",
    "2f221a18eb863803",
  ]);
});

test("leaves an id alone that an SDK has hashed already", () => {
  expect(wireId("c4ca4238a0b92382")).toBe("c4ca4238a0b92382");
  expect(wireId("1234567890123456")).toBe("1234567890123456");
});
