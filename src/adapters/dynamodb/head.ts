/** The item that says which execution has an id, as the table keeps it. */

import type { DirectoryRow } from "../../engine/ports/execution-store.ts";
import { HALTED, HEAD, Key, listPartition, placeKey, shardOf } from "./schema.ts";

/** An item of the table, by attribute; values as the document client takes and gives them. */
export type Item = Record<string, unknown>;

/** A number takes at most so many bytes. */
const LONGEST_NUMBER = 21;

/** The row, and what the indexes sort it by. */
export function rowAttributes(row: DirectoryRow): Item {
  const shard = shardOf(row.id);
  return {
    row: JSON.stringify(row),
    incarnation: row.incarnation,
    seq: row.seq,
    [Key.LIST]: listPartition(row.functionName, listedAs(row), shard),
    [Key.PLACE]: placeKey(row.startedAt, row.id),
    ...(row.expiresAt === undefined ? {} : { [Key.EXPIRY_SHARD]: `expiry#${shard}`, [Key.EXPIRES_AT]: row.expiresAt }),
  };
}

/** A halted execution is listed under a status of its own, so that it is found without another index. */
function listedAs({ status, halted }: DirectoryRow): string {
  return halted === true ? HALTED : status;
}

export function rowOf(item: Item): DirectoryRow {
  return JSON.parse(String(item["row"])) as DirectoryRow;
}

/** About as many as DynamoDB counts, and no fewer. */
export function bytesOf(item: Item): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += name.length + bytesOfValue(value);
  return bytes;
}

function bytesOfValue(value: unknown): number {
  if (value instanceof Uint8Array) return value.byteLength;
  return typeof value === "string" ? Buffer.byteLength(value) : LONGEST_NUMBER;
}

export function headKey(id: string): Item {
  return { [Key.PARTITION]: id, [Key.SORT]: HEAD };
}
