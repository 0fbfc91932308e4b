import { expect, test } from "vitest";
import { wireId } from "./wire-id.ts";

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
