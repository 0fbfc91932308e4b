/** The clock of the executions of this browser: one for all tabs, ahead of the real one by as much as was skipped. */

import type { Host } from "perdure/engine";
import { systemHost } from "perdure/memory";
import { AdjustableClock } from "../sandbox/clock.ts";

const KEY = "perdure.playground.ahead";

export class SharedClock {
  readonly #clock = new AdjustableClock(systemHost());
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.reread();
  }

  get aheadMs(): number {
    return this.#clock.aheadMs;
  }

  now(): number {
    return this.#clock.now();
  }

  host(): Host {
    return this.#clock.host();
  }

  /** Puts it forward to a time in ms since the epoch, or leaves it if that is past. */
  skipTo(at: number): void {
    this.#set(this.aheadMs + Math.max(0, at - this.now()));
  }

  /** Back to the real time. */
  putBack(): void {
    this.#set(0);
  }

  /** Another tab has set it. */
  reread(): void {
    const kept = Number(this.#storage.getItem(KEY) ?? 0);
    this.#clock.set(Number.isFinite(kept) ? kept : 0);
  }

  #set(aheadMs: number): void {
    this.#storage.setItem(KEY, String(aheadMs));
    this.#clock.set(aheadMs);
  }
}
