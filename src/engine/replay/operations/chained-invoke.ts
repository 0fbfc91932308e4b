import { InvokeError, type SerdesError } from "../../model/errors.ts";
import type { Operation } from "../../model/operation.ts";
import type { MaybePromise } from "../../ports/maybe-promise.ts";
import type { Serdes } from "../../ports/serdes.ts";
import type { CallOptions } from "../called-operation.ts";
import { Future } from "../future.ts";
import { type RoundTrip, serialize } from "../round-trip.ts";
import type { Scope } from "../scope.ts";
import type { Handover } from "../taker.ts";
import { OutsideOperation } from "./outside-operation.ts";
import { afterCaller } from "./user-code.ts";

export interface ChainedInvokeOptions<I, O> extends CallOptions {
  readonly functionName: string;
  readonly input: I | undefined;
  readonly tenantId?: string | undefined;
  readonly inputSerdes: Serdes<I>;
  /** The serdes of the result. */
  readonly serdes: Serdes<O>;
}

/** Calls another function and waits for its outcome without running meanwhile. */
export function chainedInvoke<I, O>(scope: Scope, options: ChainedInvokeOptions<I, O>): Future<O> {
  return scope.isClosed ? new Future<O>() : new ChainedInvoke(scope, "CHAINED_INVOKE", options).begin().outcome;
}

class ChainedInvoke<I, O> extends OutsideOperation<O, ChainedInvokeOptions<I, O>> {
  start(): void {
    const { scope, options } = this;
    const { functionName, tenantId } = options;
    scope.startExecuting();
    // An input that cannot be written has no record: its error must reach user code before the next result does.
    const release = scope.invocation.delivery.hold();
    const sent = (send: () => void): void => {
      if (!scope.isClosed) send();
      release();
      scope.stopExecuting();
    };
    const outcome: RoundTrip<string | undefined> = {
      done: (payload) => sent(() => this.recordStart({ functionName, payload, tenantId })),
      failed: (error) => sent(() => this.#refuse(error)),
    };
    // AWS's SDK awaits the serdes, so operations called beside an invoke start before the invoke.
    afterCaller(() => afterCaller(() => serialize(this, options.inputSerdes, options.input, outcome)));
  }

  prepare({ status, result, error }: Operation): MaybePromise<Handover> {
    if (status === "SUCCEEDED") return this.read(this.options.serdes, result, InvokeError);
    const cause = error?.errorMessage ? new Error(error.errorMessage) : undefined;
    return this.outcome.broken(new InvokeError(error?.errorMessage, cause, error?.errorData), this);
  }

  /** Nothing was called, and nothing is recorded: every replay comes to the same refusal. */
  #refuse(error: SerdesError): void {
    this.scope.invocation.delivery.handOverAhead(this.key);
    this.outcome.broken(new InvokeError(error.message, error), this).handOver();
  }
}
