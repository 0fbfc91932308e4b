/**
 * Text that is too large for one item. Its parts are written first, under a name that no other write has, and the item that
 * names them makes them count: all at once, or not at all. Parts that no item names are read by nobody.
 *
 * With a bucket, a large text is one object there instead.
 */

import { type PackedText, pack, unpack } from "./packed-text.ts";
import type { Item } from "./head.ts";
import { type OffloadedText, OffloadError, type Offloading } from "./offloading.ts";
import { Key, partKey, partsPrefix } from "./schema.ts";
import type { Table } from "./table.ts";

/** An item takes 400 KB, names of attributes included. */
const LARGEST = 350_000;
/** Parts that are on their way at a time. */
const AT_ONCE = 8;

/** The place of a text: commit `of` of a log, or the snapshot. */
export interface TextPlace {
  readonly partition: string;
  readonly of: number | "snapshot";
  /** Goes into each item. */
  readonly ttl: Item;
}

/** A text as an item holds it: in itself, as the name of a write and the number of its parts, or as an object in S3. */
export type HeldText = PackedText | { readonly write: string; readonly parts: number } | OffloadedText;

/** The attributes of which an item holds a text by some. */
export const TEXT_ATTRIBUTES: readonly string[] = ["b", "z", "w", "write", "parts", "o", "e"];

export class Parts {
  readonly #table: Table;
  readonly #randomId: () => string;
  readonly #offloading: Offloading | undefined;

  constructor(table: Table, randomId: () => string, offloading: Offloading | undefined) {
    this.#table = table;
    this.#randomId = randomId;
    this.#offloading = offloading;
  }

  /** Writes the parts or the object, if there are any, and answers what the item is to hold. */
  async write(text: string, place: TextPlace): Promise<HeldText> {
    const packed = pack(text);
    const [name, bytes] = packed.w === undefined ? (["z", packed.z] as const) : (["w", packed.w] as const);
    if (bytes === undefined || bytes.byteLength <= (this.#offloading?.aboveBytes ?? LARGEST)) return packed;
    if (this.#offloading !== undefined) return { o: await this.#offloading.write(place.partition, bytes), e: name };
    return this.#writeParts(name, bytes, place);
  }

  async #writeParts(name: "z" | "w", bytes: Uint8Array, place: TextPlace): Promise<HeldText> {
    const write = this.#randomId();
    const prefix = partsPrefix(place.of, write);
    const parts = Math.ceil(bytes.byteLength / LARGEST);
    const put = (part: number): Promise<void> =>
      this.#table.put({
        [Key.PARTITION]: place.partition,
        [Key.SORT]: partKey(prefix, part),
        ...place.ttl,
        [name]: bytes.subarray(part * LARGEST, (part + 1) * LARGEST),
      });
    for (let part = 0; part < parts; part += AT_ONCE) {
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, parts - part) }, (_, at) => put(part + at)));
    }
    return { write, parts };
  }

  /**
   * Undefined if a part is not there any more.
   *
   * @throws {OffloadError}
   */
  async read(item: Item, { partition, of }: Omit<TextPlace, "ttl">): Promise<string | undefined> {
    const held = item as unknown as HeldText;
    if ("o" in held) return this.#readObject(held);
    if (!("write" in held)) return unpack(held);
    const prefix = partsPrefix(of, held.write);
    const found: PackedText[] = [];
    const stretch = { partition, from: prefix, to: partKey(prefix, held.parts) };
    for await (const part of this.#table.items(stretch)) found.push(part);
    if (found.length !== held.parts) return undefined;
    const name = found[0]?.w === undefined ? "z" : "w";
    return unpack({ [name]: Buffer.concat(found.map((part) => part[name] ?? new Uint8Array())) });
  }

  async #readObject({ o, e }: OffloadedText): Promise<string> {
    if (this.#offloading === undefined)
      throw new OffloadError("NO_BUCKET", `The object ${o} is needed, and this host was not told of a bucket.`);
    return unpack({ [e]: await this.#offloading.read(o) });
  }

  /**
   * Deletes the parts of a write that does not count, or no longer. Of a commit no object is deleted: another one of the
   * same text may count.
   */
  async forget(held: HeldText | undefined, { partition, of }: Omit<TextPlace, "ttl">): Promise<void> {
    if (held !== undefined && "o" in held && of === "snapshot") await this.#offloading?.forget(held.o);
    if (held === undefined || !("write" in held)) return;
    const prefix = partsPrefix(of, held.write);
    const keys = Array.from({ length: held.parts }, (_, part) => ({
      [Key.PARTITION]: partition,
      [Key.SORT]: partKey(prefix, part),
    }));
    await this.#table.delete(keys);
  }
}
