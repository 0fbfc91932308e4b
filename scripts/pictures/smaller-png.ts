/**
 * Makes a picture of a page a fifth smaller than the browser does. Its rows are filtered by what serves photographs; the
 * flat areas and repeated letters of a page are found by the compression where rows are as they are.
 */

import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE_BYTES = 8;
/** Length, name and checksum. */
const CHUNK_BYTES = 12;
/** By the colour type of the header, which has eight bits for each channel. */
const CHANNELS: Readonly<Record<number, number>> = { 2: 3, 6: 4 };

interface Chunk {
  readonly name: string;
  readonly data: Buffer;
}

/** The same pixels. Throws for what is no PNG of eight bits, in RGB or RGBA, row after row, as browsers make them. */
export function smallerPng(png: Buffer): Buffer {
  const chunks = chunksOf(png);
  const header = chunks.find(({ name }) => name === "IHDR")?.data ?? Buffer.alloc(13);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const channels = CHANNELS[header[9] ?? 0];
  if (channels === undefined || header[8] !== 8 || header[12] !== 0) throw new Error("This kind of PNG is not known.");
  const packed = Buffer.concat(chunks.filter(({ name }) => name === "IDAT").map(({ data }) => data));
  const rows = unfiltered(inflateSync(packed), { channels, length: width * channels, height });
  const data = deflateSync(rows, { level: 9, memLevel: 9 });
  const kept = [
    { name: "IHDR", data: header },
    { name: "IDAT", data },
    { name: "IEND", data: Buffer.alloc(0) },
  ];
  return Buffer.concat([png.subarray(0, SIGNATURE_BYTES), ...kept.map(encoded)]);
}

function chunksOf(png: Buffer): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE_BYTES; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.push({ name: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += length + CHUNK_BYTES;
  }
  return chunks;
}

function encoded({ name, data }: Chunk): Buffer {
  const chunk = Buffer.alloc(data.length + CHUNK_BYTES);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(name, 4, "latin1");
  data.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, data.length + 8)), data.length + 8);
  return chunk;
}

interface Shape {
  readonly channels: number;
  /** Of a row, in bytes. */
  readonly length: number;
  readonly height: number;
}

/** Rows that begin with the number of no filter. */
function unfiltered(filtered: Buffer, { channels, length, height }: Shape): Buffer {
  const rows = Buffer.alloc(height * (length + 1));
  for (let y = 0; y < height; y++) {
    const start = y * (length + 1) + 1;
    const predict = FILTERS[filtered[start - 1] ?? 0] ?? none;
    for (let x = 0; x < length; x++) {
      const at = start + x;
      const left = x < channels ? 0 : (rows[at - channels] ?? 0);
      const above = y === 0 ? 0 : (rows[at - length - 1] ?? 0);
      const corner = x < channels || y === 0 ? 0 : (rows[at - length - 1 - channels] ?? 0);
      rows[at] = (filtered[at] ?? 0) + predict(left, above, corner);
    }
  }
  return rows;
}

type Predict = (left: number, above: number, corner: number) => number;

const none: Predict = () => 0;

/** In the order of their numbers. */
const FILTERS: readonly Predict[] = [
  none,
  (left) => left,
  (_left, above) => above,
  (left, above) => (left + above) >> 1,
  nearestOf,
];

/** Whichever is nearest to what the three would lead one to expect. */
function nearestOf(left: number, above: number, corner: number): number {
  const expected = left + above - corner;
  const [a, b, c] = [left, above, corner].map((each) => Math.abs(expected - each)) as [number, number, number];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}
