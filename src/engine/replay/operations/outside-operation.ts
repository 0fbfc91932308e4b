import type { InvokeError, CallbackError } from "../../model/errors.ts";
import type { Operation } from "../../model/operation.ts";
import type { MaybePromise } from "../../ports/maybe-promise.ts";
import type { Serdes } from "../../ports/serdes.ts";
import { CalledOperation, type CallOptions, type UpdateDetails } from "../called-operation.ts";
import { Future } from "../future.ts";
import { deserialize } from "../round-trip.ts";
import type { Handover, Taker } from "../taker.ts";

/** An operation that is settled from outside: by time, by whoever has a callback's id, or by another execution. */
export abstract class OutsideOperation<T, Options extends CallOptions>
  extends CalledOperation<Options>
  implements Taker
{
  readonly awaitsOutside = true;
  readonly outcome: Future<T> = new Future<T>(this.scope);

  get isObserved(): boolean {
    return this.outcome.isObserved;
  }

  abstract prepare(operation: Operation): MaybePromise<Handover | undefined>;

  /** Begins what has no record yet. */
  abstract start(): void;

  begin(): this {
    const { invocation, isRebuilding } = this.scope;
    invocation.delivery.register(this.key, this);
    if (this.stored === undefined && !isRebuilding) this.start();
    invocation.schedule();
    return this;
  }

  recordStart(details: UpdateDetails): void {
    this.scope.invocation.record(this.update("START", details), true);
  }

  /** A result that the outside has sent: what cannot be read fails the operation, since no repair here makes it readable. */
  read(
    serdes: Pick<Serdes<T>, "deserialize">,
    result: string | undefined,
    ErrorClass: typeof InvokeError | typeof CallbackError,
  ): MaybePromise<Handover> {
    const { outcome } = this;
    return deserialize<T, Handover>(this, serdes, result, {
      done: (value) => outcome.ready(value),
      failed: (error) => outcome.broken(new ErrorClass(error.message, error), this),
    });
  }
}
