import { CalledOperation, type CallOptions } from "../called-operation.ts";
import type { Handover, Taker } from "../taker.ts";
import { Future } from "../future.ts";
import type { Scope } from "../scope.ts";

export interface WaitOptions extends CallOptions {
  readonly seconds: number;
}

/** Lets time pass without anything running. Resolves however the wait ends. */
export function wait(scope: Scope, options: WaitOptions): Future<void> {
  return scope.isClosed ? new Future<void>() : new Wait(scope, "WAIT", options).begin();
}

class Wait extends CalledOperation<WaitOptions> implements Taker {
  readonly awaitsOutside = true;
  readonly #future: Future<void> = new Future<void>(this.scope);

  get isObserved(): boolean {
    return this.#future.isObserved;
  }

  begin(): Future<void> {
    const { invocation } = this.scope;
    invocation.delivery.register(this.key, this);
    if (this.stored === undefined && !this.scope.isRebuilding) {
      invocation.record(this.update("START", { waitSeconds: this.options.seconds }), true);
    }
    invocation.schedule();
    return this.#future;
  }

  prepare(): Handover {
    return this.#future.ready(undefined);
  }
}
