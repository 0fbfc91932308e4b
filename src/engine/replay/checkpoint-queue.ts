/**
 * Updates on their way to the machine, in order. Updates queued during one turn leave together; a batch is cut at the
 * sizes the client names (the Lambda API takes 250 updates or 750 KiB a call).
 */

import { utf8Length } from "../model/utf8.ts";
import type { OperationUpdate } from "../model/update.ts";

export interface BatchLimits {
  readonly updates: number;
  /** UTF-8 bytes, estimated. */
  readonly bytes: number;
}

/** How many updates wait at most for others to join them where a client takes any number. */
const MOST_WAITING = 1000;
/** The size of an update beside its payload and error: field names, id, type, action. */
const ENVELOPE_BYTES = 200;

export class CheckpointQueue {
  #updates: OperationUpdate[] = [];
  /** An update in the queue has to be sent with the next turn; starts alone linger until another update is sent. */
  #urgent = false;
  #overdue = false;
  readonly #limits: BatchLimits | undefined;

  constructor(limits: BatchLimits | undefined) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#updates.length;
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  get isUrgent(): boolean {
    return this.#urgent;
  }

  /** The queue has to be sent before anything else happens: it has lingered, or it is as long as one call takes. */
  get isOverdue(): boolean {
    return this.#overdue || this.#updates.length >= (this.#limits?.updates ?? MOST_WAITING);
  }

  add(update: OperationUpdate, urgent: boolean): void {
    this.#updates.push(update);
    if (urgent) this.#urgent = true;
  }

  /** The updates that linger are sent with the next turn. */
  expedite(): void {
    this.#urgent = !this.isEmpty;
    this.#overdue = this.#urgent;
  }

  take(): readonly OperationUpdate[] {
    const size = this.#limits === undefined ? this.#updates.length : fitting(this.#updates, this.#limits);
    const batch = this.#updates;
    this.#updates = size === batch.length ? [] : batch.splice(size);
    this.#urgent = this.#urgent && this.#updates.length > 0;
    this.#overdue = false;
    return batch;
  }

  clear(): void {
    this.#updates = [];
    this.#urgent = false;
    this.#overdue = false;
  }
}

/** How many of the first updates go into one call; at least one, whatever its size. */
function fitting(updates: readonly OperationUpdate[], limits: BatchLimits): number {
  let bytes = 0;
  let count = 0;
  for (const update of updates) {
    bytes += ENVELOPE_BYTES + utf8Length(update.payload ?? "") + errorBytes(update);
    if (count > 0 && (bytes > limits.bytes || count >= limits.updates)) break;
    count++;
  }
  return count;
}

function errorBytes(update: OperationUpdate): number {
  return update.error === undefined ? 0 : utf8Length(JSON.stringify(update.error));
}
