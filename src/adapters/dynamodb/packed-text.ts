/**
 * Text as an item holds it. Write units are whole kilobytes, so what is longer than one is compressed. DynamoDB keeps
 * text as UTF-8, in which half a character has no place: such text is kept in UTF-16.
 */

import { deflateRawSync, inflateRawSync } from "node:zlib";

/** One of these attributes holds the text, besides others that an item has. */
export interface PackedText {
  /** As it is. */
  readonly b?: string;
  /** UTF-8, compressed. */
  readonly z?: Uint8Array;
  /** UTF-16, compressed. */
  readonly w?: Uint8Array;
}

const LONGEST_PLAIN = 1024;
/** Favours time: a commit is written while somebody waits for it. */
const LEVEL = 3;

export function pack(text: string): PackedText {
  if (!text.isWellFormed()) return { w: deflateRawSync(Buffer.from(text, "utf16le"), { level: LEVEL }) };
  if (text.length <= LONGEST_PLAIN) return { b: text };
  return { z: deflateRawSync(Buffer.from(text, "utf8"), { level: LEVEL }) };
}

export function unpack({ b, z, w }: PackedText): string {
  if (b !== undefined) return b;
  if (z !== undefined) return inflateRawSync(z).toString("utf8");
  if (w !== undefined) return inflateRawSync(w).toString("utf16le");
  throw new TypeError("An item of the table has no text.");
}
