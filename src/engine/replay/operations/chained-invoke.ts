import { InvokeError } from "../../model/errors.ts";
import type { Draft } from "../../model/draft.ts";
import type { Operation } from "../../model/operation.ts";
import type { OperationUpdate } from "../../model/update.ts";
import type { MaybePromise } from "../../ports/maybe-promise.ts";
import type { Serdes } from "../../ports/serdes.ts";
import { CalledOperation, type CallOptions } from "../called-operation.ts";
import type { Handover, Taker } from "../taker.ts";
import { Future } from "../future.ts";
import { deserialize, serialize } from "../round-trip.ts";
import type { Scope } from "../scope.ts";
import { afterCaller } from "./user-code.ts";

export interface ChainedInvokeOptions<I, O> extends CallOptions {
  readonly functionName: string;
  readonly input: I | undefined;
  readonly tenantId?: string | undefined;
  readonly inputSerdes: Serdes<I>;
  /** Of the result. */
  readonly serdes: Serdes<O>;
}

/** Calls another function and waits for its outcome without running meanwhile. */
export function chainedInvoke<I, O>(scope: Scope, options: ChainedInvokeOptions<I, O>): Future<O> {
  return scope.isClosed ? new Future<O>() : new ChainedInvoke(scope, "CHAINED_INVOKE", options).begin();
}

class ChainedInvoke<I, O> extends CalledOperation<ChainedInvokeOptions<I, O>> implements Taker {
  readonly awaitsOutside = true;
  readonly #future: Future<O> = new Future<O>(this.scope);

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
      return deserialize(this, this.options.serdes, result, (value) => future.ready(value));
    }
    const cause = error?.errorMessage ? new Error(error.errorMessage) : undefined;
    return future.broken(new InvokeError(error?.errorMessage, cause, error?.errorData));
  }

  #send(): void {
    const { scope, options } = this;
    const { functionName, tenantId } = options;
    const start = (payload: string | undefined): void => {
      if (!scope.isClosed) {
        const details: Draft<Partial<OperationUpdate>> = { functionName };
        if (payload !== undefined) details.payload = payload;
        if (tenantId !== undefined) details.tenantId = tenantId;
        scope.invocation.record(this.update("START", details), true);
      }
      scope.stopExecuting();
    };
    scope.startExecuting();
    // AWS's SDK awaits the serdes, so what is called beside an invoke starts before it.
    afterCaller(() => afterCaller(() => serialize(this, options.inputSerdes, options.input, start)));
  }
}
