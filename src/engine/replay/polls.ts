/**
 * Asks a machine that cannot push, now and then, what has changed outside: while a user function runs and user code
 * awaits something else meanwhile.
 */

import { dueTimeOf, operationTraits } from "../model/operation-traits.ts";
import type { Operation } from "../model/operation.ts";
import type { Checkpoints } from "./checkpoints.ts";
import type { InvocationCore } from "./core.ts";

export interface PollingOptions {
  /** When the process is no longer there to poll, ms since the epoch. */
  readonly deadline: () => number;
}

const FIRST_POLL_MS = 1000;
const MAX_POLL_MS = 10_000;

export class Polls {
  readonly #invocation: InvocationCore;
  readonly #checkpoints: Checkpoints;
  readonly #polling: PollingOptions | undefined;
  #count = 0;
  #cancel: (() => void) | undefined;

  /** Never asks without `polling`. */
  constructor(invocation: InvocationCore, checkpoints: Checkpoints, polling: PollingOptions | undefined) {
    this.#invocation = invocation;
    this.#checkpoints = checkpoints;
    this.#polling = polling;
  }

  /** Sets the next poll, unless one is set, or user code awaits nothing. */
  setNext(): void {
    if (this.#polling === undefined || this.#cancel !== undefined || this.#invocation.waiting === 0) return;
    const { host } = this.#invocation;
    const now = host.now();
    const delay = this.#count === 0 ? FIRST_POLL_MS : Math.min(this.#count * 1000, MAX_POLL_MS);
    const at = Math.max(this.#nextNews(now + delay), this.#count === 0 ? now : now + delay);
    if (at <= this.#polling.deadline()) this.#cancel = host.timer(at, () => this.#poll());
  }

  /** The invocation is over. */
  close(): void {
    this.#cancel?.();
  }

  #poll(): void {
    this.#cancel = undefined;
    this.#count++;
    this.#checkpoints.ask();
    this.#invocation.schedule();
  }

  /**
   * When the earliest timer is due among the operations that user code waits for; sooner if others may end any time.
   */
  #nextNews(soon: number): number {
    let earliest: number | undefined;
    for (const operation of this.#invocation.delivery.takers.awaited()) {
      const due = isOpenEnded(operation) ? soon : dueTimeOf(operation);
      if (due !== undefined && (earliest === undefined || due < earliest)) earliest = due;
    }
    return earliest ?? soon;
  }
}

function isOpenEnded({ type, status }: Operation): boolean {
  return operationTraits[type].isOpenEnded && status === "STARTED";
}
