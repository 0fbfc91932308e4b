import type { InvocationHost } from "../../ports/host.ts";
import type { Scope } from "../scope.ts";

/** Told once that an attempt was cut off, and why. */
export type CutOffListener = (reason: Error) => void;

/** The reason of an attempt that was cut off because its outcome would not be recorded. Named as aborts are. */
class AttemptAbortedError extends Error {
  override readonly name = "AbortError";
  /** Always ATTEMPT_ABORTED. */
  readonly code = "ATTEMPT_ABORTED";
  constructor() {
    super(
      "The outcome of this attempt will not be recorded: its execution has ended or was stopped, the context around it " +
        "has ended, or another worker runs the execution now.",
    );
  }
}

/**
 * One attempt whose function may be told that the attempt was cut off: the attempt has a time limit, or its function
 * asked. The attempt is over when the function has ended, the time is up, or the context around it is closed, whatever
 * comes first.
 */
export class AttemptLife {
  readonly #host: InvocationHost;
  readonly #forgetScope: () => void;
  #isOver = false;
  #listeners: CutOffListener[] = [];
  #cancelLimit: (() => void) | undefined;

  constructor(scope: Scope) {
    this.#host = scope.invocation.host;
    this.#forgetScope = scope.onClose(() => this.abort());
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Calls back at once for an attempt that is over. */
  onCutOff(listener: CutOffListener): void {
    if (this.#isOver) listener(new AttemptAbortedError());
    else this.#listeners.push(listener);
  }

  /** Calls back after `ms`, unless the attempt is over before that. */
  limit(ms: number, isUp: () => void): void {
    // The timer may fire in the asynchronous context of another execution's code.
    const within = this.#host.ambient.snapshot();
    this.#cancelLimit = this.#host.timer(this.#host.now() + ms, () => within(isUp));
  }

  /** The function has ended by itself. */
  end(): void {
    this.#isOver = true;
    this.#cancelLimit?.();
    this.#forgetScope();
    this.#listeners = [];
  }

  /** Nothing is recorded of the attempt any more. */
  abort(): void {
    this.cutOff(new AttemptAbortedError());
  }

  cutOff(reason: Error): void {
    const listeners = this.#listeners;
    this.end();
    for (const listener of listeners) listener(reason);
  }
}
