/**
 * Records that wait for room in the store. Their effects have happened and must not happen again, so they wait in
 * memory until there is room, and the execution shows a halt that cannot be recorded.
 */

import { type Halt, HaltReason } from "../model/execution.ts";
import { failureFromError } from "../model/thrown-failure.ts";
import type { StorageFullError } from "../ports/execution-store.ts";
import type { Retries } from "./retries.ts";
import type { RunnerSetup } from "./setup.ts";

export class StoragePause {
  readonly #id: string;
  readonly #setup: RunnerSetup;
  readonly #retries: Retries;
  #halt: Halt | undefined;
  /** Tries once more to record what waits for room. */
  #tryAgain: (() => void) | undefined;

  constructor(id: string, setup: RunnerSetup, retries: Retries) {
    this.#id = id;
    this.#setup = setup;
    this.#retries = retries;
  }

  /** Set while there is no room. */
  get halt(): Halt | undefined {
    return this.#halt;
  }

  begin(error: StorageFullError): void {
    if (this.#halt !== undefined) return;
    this.#halt = { reason: HaltReason.STORAGE_FULL, error: failureFromError(error), at: this.#setup.host.now() };
    this.#setup.onPause(this.#id, this.#halt);
  }

  /** There is room: something was written, or the execution is given up here. */
  end(): void {
    if (this.#halt === undefined) return;
    this.#halt = undefined;
    this.#retries.succeeded("room");
    this.#setup.onPause(this.#id, undefined);
  }

  /** Resolves when it is time to try again: after a pause that grows, or when `tryAgain` is called. */
  room(error: StorageFullError): Promise<void> {
    this.begin(error);
    const { host } = this.#setup;
    return new Promise((resolve) => {
      const cancel = host.timer(this.#retries.failed("room", host.now()), resolve);
      this.#tryAgain = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Tries at once to record what waits for room. False if nothing does. */
  tryAgain(): boolean {
    const again = this.#tryAgain;
    this.#tryAgain = undefined;
    again?.();
    return again !== undefined;
  }
}
