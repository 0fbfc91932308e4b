/**
 * By when each execution that runs should have been woken: a sparse index of heads, for whoever looks for wakes that were
 * lost. Nothing else reads it, so it moves as seldom as it can. An execution stands in it from its birth to its end, but
 * for the time in which it waits for somebody outside.
 *
 * 1. What is to be woken is in the index before it is ordered, so that an order which is never given is found missing.
 * 2. The time in the index is that of the wake or later, by `slackMs` at the most. Between those two it stays as it is:
 *    short waits, and the steps between them, cost nothing.
 * 3. An order that follows from fewer commits than the one that stands changes nothing, however late it comes.
 */

import type { AlarmOrder } from "../../engine/ports/alarm.ts";
import { headKey, type Item, rowOf } from "./head.ts";
import { DUE_INDEX, DUE_SHARDS, Key, shardOf } from "./schema.ts";
import type { Table } from "./table.ts";

/** An execution whose wake is missing. */
export interface OverdueExecution {
  /** The execution's id. */
  readonly id: string;
  /** When it should have been woken at the latest, ms since the epoch. */
  readonly at: number;
}

/** The state of an expected wake in the index. */
export type Expectation =
  /** The index has been moved for it, or need not be. `before` is what was expected until then, ms since the epoch. */
  | { readonly kind: "NOTED"; readonly before: number | undefined }
  /** Exactly this wake, or one that comes sooner by the same order, was expected already, perhaps by another process. */
  | { readonly kind: "KNOWN" }
  /** Nothing of the execution is to come by this order: it has ended, was removed, or has gone on. */
  | { readonly kind: "OVER"; readonly before: number | undefined };

/** The remembered part of an execution's head. */
interface KnownHead {
  readonly incarnation: string;
  readonly hasEnded: boolean;
  readonly due: number | undefined;
  /** The wake that was ordered last and stands for more than a moment, and the number of the commit that it follows from. */
  readonly wake: number | undefined;
  readonly seq: number;
  /** The number of its directory row. */
  readonly row: number;
  readonly tenantId: string | undefined;
}

const dueIndex = { name: DUE_INDEX, partition: Key.DUE_SHARD, sort: Key.DUE_AT };
const duePartitions = Array.from({ length: DUE_SHARDS }, (_, shard) => `due#${shard}`);
/** The names of a head's attributes in expressions. */
const ATTRIBUTES = {
  shard: Key.DUE_SHARD,
  at: Key.DUE_AT,
  wake: Key.DUE_WAKE,
  order: Key.DUE_SEQ,
  ended: Key.EXPIRES_AT,
  incarnation: "incarnation",
};
/** The most reads of a head that others change at the same time. */
const MOST_TRIES = 10;
/** Heads that are remembered: those of the executions that are in use. */
const MOST_HEADS = 1000;

export class DueIndex {
  readonly slackMs: number;
  readonly #table: Table;
  readonly #heads = new Map<string, KnownHead>();

  constructor(table: Table, slackMs: number) {
    this.#table = table;
    this.slackMs = slackMs;
  }

  /** The first due wake of an execution's head. */
  atBirth(id: string, startAt: number): Item {
    return { [Key.DUE_SHARD]: duePartition(id), [Key.DUE_AT]: startAt + this.slackMs };
  }

  /** Takes note of a head as it was read or written. */
  note(id: string, head: Item | undefined): void {
    this.#heads.delete(id);
    if (head === undefined) return;
    this.#heads.set(id, {
      incarnation: String(head["incarnation"]),
      hasEnded: Key.EXPIRES_AT in head,
      due: numberOf(head[Key.DUE_AT]),
      wake: numberOf(head[Key.DUE_WAKE]),
      seq: numberOf(head[Key.DUE_SEQ]) ?? 0,
      row: numberOf(head["seq"]) ?? 0,
      tenantId: "row" in head ? rowOf(head).tenantId : undefined,
    });
    const [oldest] = this.#heads.keys();
    if (this.#heads.size > MOST_HEADS && oldest !== undefined) this.#heads.delete(oldest);
  }

  /** Takes note of a row that was written. The order that stands is the same. */
  noteRow(id: string, row: Item): void {
    const before = this.#heads.get(id);
    const isSame = before !== undefined && before.incarnation === row["incarnation"];
    this.note(id, { ...row, ...(isSame && { [Key.DUE_WAKE]: before.wake, [Key.DUE_SEQ]: before.seq }) });
  }

  /** The number of the newest directory row that is known to be there; 0 for none. */
  knownRow(id: string, incarnation: string): number {
    const head = this.#heads.get(id);
    return head?.incarnation === incarnation ? head.row : 0;
  }

  /** Whom an execution is for; undefined for nobody, or if it is not there. Its head is read unless it is known. */
  async tenantOf(id: string): Promise<string | undefined> {
    if (!this.#heads.has(id)) this.note(id, await this.#table.get(headKey(id)));
    return this.#heads.get(id)?.tenantId;
  }

  /** A wake is to come at `at`; times are ms since the epoch. */
  async expect(id: string, at: number, order: AlarmOrder & { readonly now: number }): Promise<Expectation> {
    const latest = Math.ceil(at) + this.slackMs;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const head = await this.#head(id, order.incarnation);
      if (head === undefined || head.seq > order.seq) return { kind: "OVER", before: undefined };
      const { due, wake: before } = head;
      if (head.hasEnded) return { kind: "OVER", before };
      if (due === latest && before === at) return { kind: "KNOWN" };
      if (isToCome(head, order) && before !== undefined && before < at) return { kind: "KNOWN" };
      const isNear = due !== undefined && due >= at && due <= latest;
      if (isNear && (before === undefined || before <= due)) return { kind: "NOTED", before };
      if (await this.#move(id, head, { due: latest, wake: at, seq: order.seq })) return { kind: "NOTED", before };
    }
    // Others move it as well, and each of them has a wake to come.
    return { kind: "NOTED", before: undefined };
  }

  /**
   * A wake is about to be ordered because of a change from outside, which must not be lost. Unlike `expect` it leaves a
   * time that comes sooner.
   */
  async expectSoon(id: string, now: number): Promise<void> {
    const due = now + this.slackMs;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      this.note(id, await this.#table.get(headKey(id)));
      const head = this.#heads.get(id);
      if (head === undefined || head.hasEnded || (head.due !== undefined && head.due <= due)) return;
      if (await this.#move(id, head, { due, wake: head.wake, seq: head.seq })) return;
    }
    throw new Error(`The execution ${id} changes too fast to be woken safely.`);
  }

  /** No wake is to come by itself. Answers the one that was expected before, ms since the epoch. */
  async expectNone(id: string, order: AlarmOrder & { readonly now: number }): Promise<number | undefined> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const head = await this.#head(id, order.incarnation);
      if (head?.due === undefined || head.seq > order.seq) return undefined;
      // Any time that follows from the same commit stands, until it has come.
      if (isToCome(head, order)) return undefined;
      if (await this.#clear(id, head)) return head.wake;
    }
    return undefined;
  }

  /** Executions whose time has passed, at most about `limit` of them. */
  async overdue(now: number, limit: number): Promise<readonly OverdueExecution[]> {
    const items = await overdueItems(this.#table, { partitions: duePartitions, now, limit });
    return items.map((item) => ({ id: String(item[Key.PARTITION]), at: Number(item[Key.DUE_AT]) }));
  }

  /** Gives an overdue execution another `slackMs`. False if its time has been moved since it was read. */
  async postpone({ id, at }: OverdueExecution, now: number): Promise<boolean> {
    const isMoved = await this.#table.update(headKey(id), {
      UpdateExpression: "SET #at = :at",
      ConditionExpression: "#at = :before",
      ExpressionAttributeNames: { "#at": Key.DUE_AT },
      ExpressionAttributeValues: { ":at": now + this.slackMs, ":before": at },
    });
    this.#heads.delete(id);
    return isMoved;
  }

  /** Undefined if another execution has the name, or none. */
  async #head(id: string, incarnation: string): Promise<KnownHead | undefined> {
    if (this.#heads.get(id)?.incarnation !== incarnation) this.note(id, await this.#table.get(headKey(id)));
    const head = this.#heads.get(id);
    return head?.incarnation === incarnation ? head : undefined;
  }

  /** False if the head is another one by now. */
  async #move(id: string, from: KnownHead, to: Pick<KnownHead, "due" | "wake" | "seq">): Promise<boolean> {
    const values = { shard: duePartition(id), at: to.due, order: to.seq, wake: to.wake };
    const set = Object.entries(values).filter(([, value]) => value !== undefined);
    const isMoved = await this.#change(id, from, {
      expression: `SET ${set.map(([name]) => `#${name} = :${name}`).join(", ")}`,
      values: Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
      names: set.map(([name]) => name),
    });
    if (isMoved) this.#heads.set(id, { ...from, ...to });
    return isMoved;
  }

  async #clear(id: string, from: KnownHead): Promise<boolean> {
    const names = ["shard", "at", "wake"];
    const expression = `REMOVE ${names.map((name) => `#${name}`).join(", ")}`;
    const isCleared = await this.#change(id, from, { expression, values: {}, names });
    if (isCleared) this.#heads.set(id, { ...from, due: undefined, wake: undefined });
    return isCleared;
  }

  /** Changes the head if it is as it was known, and lets go of that if it is not. */
  async #change(id: string, from: KnownHead, { expression, values, names }: Change): Promise<boolean> {
    const isSame = from.due === undefined ? "attribute_not_exists(#at)" : "#at = :before";
    const used = new Set([...names, "at", "ended", "incarnation"]);
    const isChanged = await this.#table.update(headKey(id), {
      UpdateExpression: expression,
      ConditionExpression: `#incarnation = :incarnation AND attribute_not_exists(#ended) AND ${isSame}`,
      ExpressionAttributeNames: Object.fromEntries(
        Object.entries(ATTRIBUTES).flatMap(([name, attribute]) => (used.has(name) ? [[`#${name}`, attribute]] : [])),
      ),
      ExpressionAttributeValues: {
        ...values,
        ":incarnation": from.incarnation,
        ...(from.due === undefined ? {} : { ":before": from.due }),
      },
    });
    if (!isChanged) this.#heads.delete(id);
    return isChanged;
  }
}

export interface Overdue {
  /** Of the index. */
  readonly partitions: readonly string[];
  /** ms since the epoch. */
  readonly now: number;
  /** At most about so many items. */
  readonly limit: number;
}

/** The keys of the items of some partitions of the index whose time has passed. */
export async function overdueItems(table: Table, { partitions, now, limit }: Overdue): Promise<readonly Item[]> {
  const each = Math.ceil(limit / partitions.length);
  const found = await Promise.all(
    partitions.map((partition) => table.query({ partition, from: 0, to: now, limit: each, index: dueIndex })),
  );
  return found.flatMap(({ items }) => items);
}

interface Change {
  readonly expression: string;
  readonly values: Item;
  /** The attributes that it names. */
  readonly names: readonly string[];
}

/** True if a wake that the same commit ordered is still to come. */
function isToCome({ seq, wake }: KnownHead, order: AlarmOrder & { readonly now: number }): boolean {
  return seq === order.seq && wake !== undefined && wake > order.now;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function duePartition(id: string): string {
  return `due#${shardOf(id, DUE_SHARDS)}`;
}
