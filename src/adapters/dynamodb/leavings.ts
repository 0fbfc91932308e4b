/**
 * What keeps anything from outliving an execution, whatever becomes of the process that removes or starts it.
 *
 * 1. A note is there before the first deletion of a removal, and from then on nothing of the execution counts. A sweeper
 *    follows notes that are overdue. One goes when nothing was found any more: what lands within `slackMs` of a removal
 *    goes, too.
 * 2. A start whose first commit would make the head large writes the head, and then that commit. The head counts with it.
 * 3. The place of the first commit is taken once: by the commit, or by a bar of whoever found none there for long. A head
 *    is removed for want of its first commit when that was barred, and no sooner.
 * 4. A bar goes with its head. So a start looks at the head when its first commit has landed, and is acknowledged only if
 *    that is there.
 * 5. Whoever reads a head without its first commit does what 3 says, and the index of what is due sees to it that somebody
 *    does.
 * 6. An incarnation is of one start: nothing that is removed late is of the next execution of the name.
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
