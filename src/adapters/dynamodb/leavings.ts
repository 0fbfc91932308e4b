/**
 * The rules that keep items from outliving their execution, wherever the process dies that removes or starts it.
 *
 * 1. A note is written before the first deletion of a removal, and from then on no item of the execution counts. A
 *    sweeper follows notes that are overdue. It deletes a note when it finds nothing any more: an item that lands within
 *    `slackMs` of a removal is deleted, too.
 * 2. A start whose first commit would make the head large writes the head, and then that commit. The head counts with it.
 * 3. The place of the first commit is taken once: by the commit, or by a bar of a reader that found none there for long.
 *    A head is removed for want of its first commit when that was barred, and no sooner.
 * 4. A bar goes with its head. So a start looks at the head when its first commit has landed, and is acknowledged only if
 *    the head is there.
 * 5. A reader that finds a head without its first commit follows rule 3, and the index of due wakes sees to it that there
 *    is such a reader.
 * 6. An incarnation belongs to one start: a late removal never deletes items of the next execution of the name.
 */

import { overdueItems } from "./due-index.ts";
import type { Item } from "./head.ts";
import { Key, LEAVING_SHARDS, logPartition, NOTE, shardOf } from "./schema.ts";
import type { Table } from "./table.ts";

/** One execution, among all that have had its name. */
export interface Incarnation {
  readonly id: string;
  readonly incarnation: string;
}

/** Of a removal. */
export type LeavingNote = Incarnation;

const partitions = Array.from({ length: LEAVING_SHARDS }, (_, shard) => partitionOf(shard));

export class Leavings {
  readonly #table: Table;
  readonly #slackMs: number;

  constructor(table: Table, slackMs: number) {
    this.#table = table;
    this.#slackMs = slackMs;
  }

  /** From now on nothing of it counts. What is condemned already has another `slackMs`. */
  async condemn(of: Incarnation, now: number): Promise<void> {
    await this.#table.put({
      ...noteKey(of),
      id: of.id,
      incarnation: of.incarnation,
      [Key.DUE_SHARD]: partitionOf(shardOf(of.id, LEAVING_SHARDS)),
      [Key.DUE_AT]: now + this.#slackMs,
    });
  }

  /** Nothing is left. */
  async drop(of: Incarnation): Promise<void> {
    await this.#table.delete([noteKey(of)]);
  }

  /** Notes whose time has passed, at most about `limit` of them. */
  async overdue(now: number, limit: number): Promise<readonly LeavingNote[]> {
    const keys = await overdueItems(this.#table, { partitions, now, limit });
    const notes = await Promise.all(
      keys.map((key) => this.#table.get({ [Key.PARTITION]: key[Key.PARTITION], [Key.SORT]: key[Key.SORT] })),
    );
    return notes.flatMap((note) => (note === undefined ? [] : [noteOf(note)]));
  }
}

/** Beside the log, and outside of what a removal deletes of it. */
function noteKey({ id, incarnation }: Incarnation): Item {
  return { [Key.PARTITION]: logPartition(id, incarnation), [Key.SORT]: NOTE };
}

function noteOf(item: Item): LeavingNote {
  return { id: String(item["id"]), incarnation: String(item["incarnation"]) };
}

/** Its own in the index: wakes and notes do not hold each other up. */
function partitionOf(shard: number): string {
  return `leaving#${shard}`;
}
