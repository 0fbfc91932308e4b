import { InvokeError, type SerdesError } from "../../model/errors.ts";
import type { Draft } from "../../model/draft.ts";
import type { Operation } from "../../model/operation.ts";
import type { OperationUpdate } from "../../model/update.ts";
import type { MaybePromise } from "../../ports/maybe-promise.ts";
import type { Serdes } from "../../ports/serdes.ts";
import { CalledOperation, type CallOptions } from "../called-operation.ts";
import type { Handover, Taker } from "../taker.ts";
import { Future } from "../future.ts";
import { deserialize, type RoundTrip, serialize } from "../round-trip.ts";
import type { Scope } from "../scope.ts";
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
  return scope.isClosed ? new Future<O>() : new ChainedInvoke(scope, "CHAINED_INVOKE", options).begin();
}

class ChainedInvoke<I, O> extends CalledOperation<ChainedInvokeOptions<I, O>> implements Taker {
  readonly awaitsOutside = true;
  readonly #future: Future<O> = new Future<O>(this.scope);

  get isObserved(): boolean {
    return this.#future.isObserved;
  }

  begin(): Future<O> {
    const { invocation } = this.scope;
    invocation.delivery.register(this.key, this);
    if (this.stored === undefined && !this.scope.isRebuilding) this.#send();
    invocation.schedule();
    return this.#future;
  }

  prepare({ status, result, error }: Operation): MaybePromise<Handover | undefined> {
    const future = this.#future;
    if (status === "SUCCEEDED") {
      return deserialize<O, Handover>(this, this.options.serdes, result, {
        done: (value) => future.ready(value),
        failed: (unreadable) => future.broken(new InvokeError(unreadable.message, unreadable), this),
      });
    }
    const cause = error?.errorMessage ? new Error(error.errorMessage) : undefined;
    return future.broken(new InvokeError(error?.errorMessage, cause, error?.errorData), this);
  }

  #send(): void {
    const { scope, options } = this;
    scope.startExecuting();
    // An input that cannot be written has no record: its error must reach user code before the next result does.
    const release = scope.invocation.delivery.hold();
    const sent = (send: () => void): void => {
      if (!scope.isClosed) send();
      release();
      scope.stopExecuting();
    };
    const outcome: RoundTrip<string | undefined> = {
      done: (payload) => sent(() => this.#start(payload)),
      failed: (error) => sent(() => this.#refuse(error)),
    };
    // AWS's SDK awaits the serdes, so operations called beside an invoke start before the invoke.
    afterCaller(() => afterCaller(() => serialize(this, options.inputSerdes, options.input, outcome)));
  }

  #start(payload: string | undefined): void {
    const { functionName, tenantId } = this.options;
    const details: Draft<Partial<OperationUpdate>> = { functionName };
    if (payload !== undefined) details.payload = payload;
    if (tenantId !== undefined) details.tenantId = tenantId;
    this.scope.invocation.record(this.update("START", details), true);
  }

  /** Nothing was called, and nothing is recorded: every replay comes to the same refusal. */
  #refuse(error: SerdesError): void {
    this.scope.invocation.delivery.handOverAhead(this.key);
    this.#future.broken(new InvokeError(error.message, error), this).handOver();
  }
}
