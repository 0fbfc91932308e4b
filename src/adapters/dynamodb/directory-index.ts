/**
 * Lists of executions, and what may be removed: read from indexes, which lag behind the table by a moment. There is none of
 * tags: an item for each would double what the start and the end of a tagged execution cost, and lists pass over rows.
 */

import { ExecutionStatus } from "../../engine/model/execution.ts";
import type { DirectoryRow, DirectoryScan } from "../../engine/ports/execution-store.ts";
import { mergeRows } from "../../engine/runner/directory-list.ts";
import { headKey, rowOf } from "./head.ts";
import { EXPIRY_INDEX, FUNCTIONS, HALTED, Key, LIST_INDEX, listPartition, placeKey, SHARDS } from "./schema.ts";
import type { Stretch, Table } from "./table.ts";

const listIndex = { name: LIST_INDEX, partition: Key.LIST, sort: Key.PLACE };
const expiryIndex = { name: EXPIRY_INDEX, partition: Key.EXPIRY_SHARD, sort: Key.EXPIRES_AT };
const statuses = [...Object.values(ExecutionStatus), HALTED];
/** Before and behind every place. */
const FIRST = "0";
const LAST = ":";
const shards = Array.from({ length: SHARDS }, (_, shard) => shard);

export class DirectoryIndex {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async list(scan: DirectoryScan): Promise<readonly DirectoryRow[]> {
    const functions = scan.functionName === undefined ? await this.#functions() : [scan.functionName];
    if (scan.name !== undefined) return this.#named(functions, scan.name, scan);
    const stretches = functions.flatMap((functionName) =>
      listedStatuses(scan).flatMap((status) =>
        shards.map((shard) => this.#stretch(listPartition(functionName, status, shard), scan)),
      ),
    );
    return mergeRows(await Promise.all(stretches), scan);
  }

  async expired(now: number, limit: number): Promise<readonly DirectoryRow[]> {
    const found = await Promise.all(
      shards.map((shard) =>
        this.#rows({ partition: `expiry#${shard}`, from: 0, to: now, limit, index: expiryIndex, only: ["row"] }),
      ),
    );
    return found.flat().slice(0, limit);
  }

  /** The rows of one shard behind the place, in order. */
  #stretch(partition: string, { after, limit, reverse = false }: DirectoryScan): Promise<readonly DirectoryRow[]> {
    const place = after === undefined ? undefined : placeKey(after.startedAt, after.id);
    // The place itself may have a row: one more is read, and left out.
    const stretch: Stretch = {
      partition,
      from: place !== undefined && !reverse ? place : FIRST,
      to: place !== undefined && reverse ? place : LAST,
      reverse,
      limit: limit + 1,
      index: listIndex,
      only: ["row", Key.PLACE],
    };
    return this.#rows(stretch, place);
  }

  async #rows(stretch: Stretch, without?: string): Promise<readonly DirectoryRow[]> {
    const rows: DirectoryRow[] = [];
    for await (const item of this.#table.items(stretch)) {
      if (item[Key.PLACE] !== without || without === undefined) rows.push(rowOf(item));
      if (rows.length === stretch.limit) break;
    }
    return rows;
  }

  async #named(functions: readonly string[], name: string, scan: DirectoryScan): Promise<readonly DirectoryRow[]> {
    const heads = await Promise.all(
      functions.map((functionName) => this.#table.get(headKey(`${functionName}/${name}`))),
    );
    const rows = heads.flatMap((head) => (head === undefined ? [] : [rowOf(head)]));
    return mergeRows(
      rows.filter((row) => (scan.status ?? row.status) === row.status && isBehind(row, scan)).map((row) => [row]),
      scan,
    );
  }

  async #functions(): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const item of this.#table.items({ partition: FUNCTIONS, from: "!", to: "~" }))
      names.push(String(item[Key.SORT]));
    return names;
  }
}

function listedStatuses({ status, halted }: DirectoryScan): readonly string[] {
  if (halted === true) return [HALTED];
  if (status === undefined) return statuses;
  return status === "RUNNING" ? [status, HALTED] : [status];
}

function isBehind({ startedAt, id }: DirectoryRow, { after, reverse }: DirectoryScan): boolean {
  if (after === undefined) return true;
  const [own, place] = [placeKey(startedAt, id), placeKey(after.startedAt, after.id)];
  return reverse === true ? own < place : own > place;
}
