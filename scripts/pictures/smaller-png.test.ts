import { crc32, deflateSync, inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { smallerPng } from "./smaller-png.ts";

const WIDTH = 3;
const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");

/** The pixels of five rows, each of which is filtered in another way, by the rules of the format. */
const rows: readonly (readonly number[])[] = [
  [10, 200, 30, 40, 50, 60, 250, 80, 90],
  [11, 12, 13, 14, 215, 16, 17, 18, 19],
  [255, 0, 255, 0, 255, 0, 255, 0, 255],
  [1, 2, 3, 100, 101, 102, 5, 250, 7],
  [90, 80, 70, 60, 50, 40, 30, 20, 10],
];

const filters = [
  () => 0,
  (a: number) => a,
  (_a: number, b: number) => b,
  (a: number, b: number) => Math.floor((a + b) / 2),
  (a: number, b: number, c: number) => {
    const far = [a, b, c].map((each) => Math.abs(a + b - c - each));
    return [a, b, c][far.indexOf(Math.min(...far))] ?? 0;
  },
];

function filtered(): Buffer {
  const bytes = rows.flatMap((row, y) => [
    y,
    ...row.map((value, x) => {
      const [left, above, corner] = [row[x - 3] ?? 0, rows[y - 1]?.[x] ?? 0, rows[y - 1]?.[x - 3] ?? 0];
      return (value - (filters[y]?.(left, above, corner) ?? 0)) & 255;
    }),
  ]);
  return Buffer.from(bytes);
}

function chunk(name: string, data: Buffer): Buffer {
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  const named = Buffer.concat([Buffer.from(name), data]);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

function png(colourType: number): Buffer {
  const header = Buffer.from([0, 0, 0, WIDTH, 0, 0, 0, rows.length, 8, colourType, 0, 0, 0]);
  const data = deflateSync(filtered());
  const parts = [chunk("IHDR", header), chunk("tEXt", Buffer.from("a\0b")), chunk("IDAT", data.subarray(0, 9))];
  return Buffer.concat([SIGNATURE, ...parts, chunk("IDAT", data.subarray(9)), chunk("IEND", Buffer.alloc(0))]);
}

test("a picture has the same pixels, whatever its rows were filtered by", () => {
  const smaller = smallerPng(png(2));
  const plain = Buffer.from(rows.flatMap((row) => [0, ...row]));
  const at = smaller.indexOf("IDAT");
  const data = smaller.subarray(at + 4, at + 4 + smaller.readUInt32BE(at - 4));
  expect(inflateSync(data)).toEqual(plain);
  const header = Buffer.from([0, 0, 0, WIDTH, 0, 0, 0, rows.length, 8, 2, 0, 0, 0]);
  const parts = [chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))];
  expect(smaller).toEqual(Buffer.concat([SIGNATURE, ...parts]));
});

test("a picture of another kind is refused", () => {
  expect(() => smallerPng(png(3))).toThrow("not known");
});
