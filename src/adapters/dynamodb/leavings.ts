/**
 * Notes of what may outlive an execution: one for a removal, and one for a start whose first commit stands in the log
 * before its head. A sweeper follows those that are overdue, whatever has become of the process that wrote them.
 *
 * 1. A note is there before the first deletion of a removal, and before the first item or object of a large start.
 * 2. A note is resolved by a condition on itself: either it is cleared, or it is condemned, which is for good. Whoever
 *    clears it knows that the head is there. Whoever condemns it removes whatever there is, and a head as well.
 * 3. A head is put only when its note was seen open after the first commit was written. So whoever condemns it later finds
 *    that commit, and a head that has one counts.
 * 4. A start whose note was not its own to clear is acknowledged by nobody. Its head may be there without a first commit:
 *    whoever reads it removes it, and the index of what is due sees to it that somebody does.
 * 5. A condemned note goes when nothing was found any more. So what lands within `slackMs` of a removal goes, too.
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

export interface LeavingNote extends Incarnation {
  readonly isCondemned: boolean;
}

const partitions = Array.from({ length: LEAVING_SHARDS }, (_, shard) => partitionOf(shard));
const CONDEMNED = "condemned";

export class Leavings {
  readonly #table: Table;
  readonly #slackMs: number;

  constructor(table: Table, slackMs: number) {
    this.#table = table;
    this.#slackMs = slackMs;
  }

  /** A large start begins. False if an earlier try of it is being removed. */
  begin(of: Incarnation, now: number): Promise<boolean> {
    return this.#write(of, now, { condition: "attribute_not_exists(#condemned)" });
  }

  /** The head is there. False if the note was resolved by somebody else. */
  clear(of: Incarnation): Promise<boolean> {
    return this.#table.deleteIf(noteKey(of), {
      ConditionExpression: "attribute_exists(#pk) AND attribute_not_exists(#condemned)",
      ExpressionAttributeNames: { "#pk": Key.PARTITION, "#condemned": CONDEMNED },
    });
  }

  /** Neither cleared nor condemned. */
  async isOpen(of: Incarnation): Promise<boolean> {
    const note = await this.#table.get(noteKey(of));
    return note !== undefined && !noteOf(note).isCondemned;
  }

  async isThere(of: Incarnation): Promise<boolean> {
    return (await this.#table.get(noteKey(of))) !== undefined;
  }

  /** From now on nothing of it counts. What is condemned already has another `slackMs`. */
  async condemn(of: Incarnation, now: number): Promise<void> {
    await this.#write(of, now, { set: ", #condemned = :condemned" });
  }

  /** The same, unless the note has been cleared. */
  condemnNoted(of: Incarnation, now: number): Promise<boolean> {
    return this.#write(of, now, { set: ", #condemned = :condemned", condition: "attribute_exists(#pk)" });
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

  #write(of: Incarnation, now: number, { set = "", condition }: NoteChange): Promise<boolean> {
    const isCondemned = set !== "";
    return this.#table.update(noteKey(of), {
      UpdateExpression: `SET id = :id, incarnation = :incarnation, #shard = :shard, #at = :at${set}`,
      ...(condition !== undefined && { ConditionExpression: condition }),
      ExpressionAttributeNames: {
        "#shard": Key.DUE_SHARD,
        "#at": Key.DUE_AT,
        ...(condition?.includes("#pk") && { "#pk": Key.PARTITION }),
        ...((isCondemned || condition?.includes("#condemned")) && { "#condemned": CONDEMNED }),
      },
      ExpressionAttributeValues: {
        ":id": of.id,
        ":incarnation": of.incarnation,
        ":shard": partitionOf(shardOf(of.id, LEAVING_SHARDS)),
        ":at": now + this.#slackMs,
        ...(isCondemned && { ":condemned": true }),
      },
    });
  }
}

interface NoteChange {
  readonly set?: string;
  readonly condition?: string;
}

/** Beside the log, and outside of what a removal deletes of it. */
function noteKey({ id, incarnation }: Incarnation): Item {
  return { [Key.PARTITION]: logPartition(id, incarnation), [Key.SORT]: NOTE };
}

function noteOf(item: Item): LeavingNote {
  return { id: String(item["id"]), incarnation: String(item["incarnation"]), isCondemned: CONDEMNED in item };
}

/** Its own in the index: wakes and notes do not hold each other up. */
function partitionOf(shard: number): string {
  return `leaving#${shard}`;
}
