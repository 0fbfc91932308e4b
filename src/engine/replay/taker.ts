/** The operations that user code has called, as the delivery of results sees them. */

import type { Operation } from "../model/operation.ts";
import type { AmbientSnapshot } from "../ports/host.ts";
import type { MaybePromise } from "../ports/maybe-promise.ts";

/** An outcome that is ready for user code. */
export interface Handover {
  handOver(): void;
}

/** An operation that user code has called and whose outcome is to come. */
export interface Taker {
  /** True if the result is not this invocation's to record: it comes from a timer, the outside or another execution. */
  readonly awaitsOutside: boolean;
  readonly scope: { readonly isClosed: boolean };
  /** The value comes from running the operation's own function once more, as far as the log lets it. */
  readonly rebuilds?: boolean;
  /** Where `prepare` is to run: set if it runs user code. */
  readonly callersContext?: AmbientSnapshot | undefined;
  /**
   * Makes the outcome ready to hand over; called once, as soon as the operation is both recorded and called. Undefined,
   * or a promise of that, if the attempt has ended the invocation.
   */
  prepare(operation: Operation): MaybePromise<Handover | undefined>;
  /** For types whose start is a result of its own: makes the start ready, as `prepare` does the outcome. */
  prepareOpening?(operation: Operation): Handover;
  /** The operation changed short of its settlement. */
  progress?(operation: Operation): void;
}
