/**
 * Tells the directory what has become of an execution. What is to be told is stored with the change itself, in one
 * transaction, and stays until the directory has acknowledged it; the alarm sees to it that this is tried again after a
 * failure or a crash. The directory is therefore late at times, and never wrong for good.
 */

import { type AlarmClock, AlarmReason } from "./alarm-clock.ts";
import type { DirectoryChange } from "./directory-table.ts";
import type { ObjectRecord, RecordCell } from "./object-record.ts";

const FIRST_RETRY_MS = 10_000;
const LONGEST_RETRY_MS = 3_600_000;

export interface OutboxOptions {
  readonly record: RecordCell;
  readonly clock: AlarmClock;
  readonly send: (shard: number, change: DirectoryChange) => Promise<void>;
  readonly onFault: (error: unknown) => void;
  /** The directory has forgotten the execution as well: nothing is left to keep. */
  readonly onForgotten: () => void;
}

export class Outbox {
  readonly #options: OutboxOptions;
  #failures = 0;
  #busy = false;
  #sent: Promise<void> = Promise.resolve();

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Sends what has not been acknowledged. Never rejects; resolves when it is, or when that has to wait. */
  flush(): Promise<void> {
    if (!this.#busy) this.#sent = this.#sendAll();
    return this.#sent;
  }

  async #sendAll(): Promise<void> {
    const { record, clock, send, onFault } = this.#options;
    this.#busy = true;
    try {
      for (let next = record.get(); next?.unpublished === true; next = record.get()) {
        await send(next.shard, changeOf(next));
        this.#failures = 0;
        this.#acknowledge(next);
      }
    } catch (error) {
      const delayMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failures++, LONGEST_RETRY_MS);
      clock.needAbout(AlarmReason.OUTBOX, delayMs);
      onFault(error);
    } finally {
      this.#busy = false;
    }
  }

  #acknowledge(sent: ObjectRecord): void {
    const { record, clock, onForgotten } = this.#options;
    if (record.get()?.revision !== sent.revision) return;
    clock.drop(AlarmReason.OUTBOX);
    if (sent.row === undefined) onForgotten();
    else record.put({ ...sent, unpublished: false, gone: [] });
  }
}

function changeOf({ row, revision, gone }: ObjectRecord): DirectoryChange {
  return row === undefined ? { revision, gone } : { row, revision, gone };
}
