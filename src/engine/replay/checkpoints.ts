/**
 * The updates of one invocation on their way to the machine: one checkpoint at a time. Once the handler is done,
 * updates left in the queue are still sent.
 */

import type { OperationUpdate } from "../model/update.ts";
import type { Operation } from "../model/operation.ts";
import type { CheckpointClient } from "../ports/checkpoint-client.ts";
import { type BatchLimits, CheckpointQueue } from "./checkpoint-queue.ts";
import type { InvocationCore, InvocationOutcome } from "./core.ts";
import { CheckpointError, FencedError } from "./faults.ts";

/** The invocation, as the answers to its checkpoints see it. */
interface CheckpointOwner extends Pick<InvocationCore, "host" | "isOver" | "schedule" | "end"> {
  absorb(operations: readonly Operation[]): boolean;
}

export interface CheckpointsOptions {
  readonly client: CheckpointClient;
  /** How long starts that nothing depends on may wait for company before they are written, in ms; 0 for not at all. */
  readonly lingerMs: number;
  readonly batchLimits?: BatchLimits;
}

export class Checkpoints {
  readonly #owner: CheckpointOwner;
  readonly #client: CheckpointClient;
  readonly #lingerMs: number;
  readonly #queue: CheckpointQueue;
  #inFlight: Promise<void> | undefined;
  /** Updates that were queued when the handler was done and are to be sent before the end. */
  #leftBehind: number | undefined;
  /** The failure of a checkpoint that was under way when the invocation ended. */
  #late: { readonly error: unknown } | undefined;
  #cancelLinger: (() => void) | undefined;

  constructor(owner: CheckpointOwner, { client, lingerMs, batchLimits }: CheckpointsOptions) {
    this.#owner = owner;
    this.#client = client;
    this.#lingerMs = lingerMs;
    this.#queue = new CheckpointQueue(batchLimits);
  }

  get isInFlight(): boolean {
    return this.#inFlight !== undefined;
  }

  /** Nothing is to be sent, and no answer to come. */
  get isDone(): boolean {
    return this.#inFlight === undefined && this.#queue.isEmpty;
  }

  /** An update in the queue has to be sent with this turn. */
  get isUrgent(): boolean {
    return this.#queue.isUrgent;
  }

  /** The queue has to be sent before anything else happens. */
  get isOverdue(): boolean {
    return this.#queue.isOverdue;
  }

  /** Queues an update. One that is not urgent lingers until an urgent one, or `lingerMs`. */
  add(update: OperationUpdate, urgent: boolean): void {
    this.#queue.add(update, urgent || this.#lingerMs === 0);
    if (this.#queue.isUrgent) this.#owner.schedule();
    else this.#linger();
  }

  /** Sends the queue, unless a checkpoint is under way. */
  flush(): void {
    if (this.#inFlight !== undefined || this.#queue.isEmpty) return;
    this.#send(this.#queue.take());
  }

  /** Has the updates that linger sent with the next turn; false if none does. */
  expedite(): boolean {
    if (this.#queue.isEmpty) return false;
    this.#queue.expedite();
    this.#owner.schedule();
    return true;
  }

  /** Asks the machine what has changed, unless an answer is to come anyway. */
  ask(): void {
    if (this.#inFlight === undefined && this.#queue.isEmpty) this.#send([]);
  }

  /**
   * The handler is done: sends the updates queued by then, batch by batch; false as long as an answer is to come. A
   * function that runs once its start is recorded is called with that answer.
   */
  sendLeftBehind(): boolean {
    if (this.#inFlight !== undefined) return false;
    this.#leftBehind ??= this.#queue.size;
    if (this.#leftBehind <= 0) return true;
    const updates = this.#queue.take();
    this.#leftBehind -= updates.length;
    this.#send(updates);
    return false;
  }

  /** The invocation is over: updates that linger wait for `drain`. */
  close(): void {
    this.#cancelLinger?.();
  }

  /** Sends the rest after the invocation has ended; throws what a checkpoint throws, also of one that was under way. */
  async drain(): Promise<void> {
    await this.#inFlight;
    if (this.#late !== undefined) throw this.#late.error;
    while (!this.#queue.isEmpty) await this.#client.checkpoint(this.#queue.take());
  }

  #send(updates: readonly OperationUpdate[]): void {
    let answer: ReturnType<CheckpointClient["checkpoint"]>;
    try {
      answer = this.#client.checkpoint(updates);
    } catch (error) {
      return this.#failed(error);
    }
    if (!(answer instanceof Promise)) return void this.#owner.absorb(answer);
    this.#inFlight = answer.then(
      (operations) => {
        this.#inFlight = undefined;
        this.#owner.absorb(operations);
      },
      (error: unknown) => {
        this.#inFlight = undefined;
        this.#failed(error);
      },
    );
  }

  #failed(error: unknown): void {
    this.#queue.clear();
    if (this.#owner.isOver) this.#late = { error };
    else this.#owner.end(faultOf(error));
  }

  /** One timer for all updates that linger: setting one for each start would cost more than the start. */
  #linger(): void {
    if (this.#cancelLinger !== undefined || this.#owner.isOver) return;
    const { host } = this.#owner;
    this.#cancelLinger = host.timer(host.now() + this.#lingerMs, () => {
      this.#cancelLinger = undefined;
      this.#queue.expedite();
      this.#owner.schedule();
    });
  }
}

/** How an invocation ends whose checkpoint failed with this error. */
export function faultOf(error: unknown): InvocationOutcome {
  if (error instanceof FencedError) return { status: "FENCED" };
  const failure = error instanceof CheckpointError ? error : new CheckpointError("INVOCATION", error);
  return { status: failure.scope === "EXECUTION" ? "FAILED" : "FAULT", error: failure };
}
