/**
 * The memory of wakes that failed, so that the pause between them grows even if the object is evicted in between. A
 * handler that throws is tried six times by the platform and then never again; ours records the fault and returns.
 */

import { messageOf } from "../../engine/model/message-of.ts";

const KEY = "fault";
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 600_000;

export interface Fault {
  /** Failures in a row. */
  readonly count: number;
  readonly message: string;
  /** Of the last one, ms since the epoch. */
  readonly at: number;
}

type FaultStorage = Pick<DurableObjectStorage, "kv">;

/** Notes a failed wake, and answers how long to pause before the next, in ms. */
export function recordFault(storage: FaultStorage, error: unknown, at: number): number {
  const count = (readFault(storage)?.count ?? 0) + 1;
  try {
    storage.kv.put(KEY, { count, message: messageOf(error), at } satisfies Fault);
  } catch {
    // A storage without room must not keep the wake from being tried again.
  }
  return Math.min(FIRST_PAUSE_MS * 2 ** (count - 1), LONGEST_PAUSE_MS);
}

export function readFault(storage: FaultStorage): Fault | undefined {
  return storage.kv.get<Fault>(KEY);
}

/** To be called after a wake that succeeded. Costs a write only if there was a fault. */
export function clearFault(storage: FaultStorage): void {
  if (readFault(storage) !== undefined) storage.kv.delete(KEY);
}
