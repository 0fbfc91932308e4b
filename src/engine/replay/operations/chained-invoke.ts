import { InvokeError } from "../../model/errors.ts";
import type { Operation } from "../../model/operation.ts";
import type { MaybePromise } from "../../ports/maybe-promise.ts";
import type { Serdes } from "../../ports/serdes.ts";
import type { Handover, Taker } from "../delivery.ts";
import { Future } from "../future.ts";
import { Opening } from "../opening.ts";
import { deserialize, serialize } from "../round-trip.ts";
import type { Scope } from "../scope.ts";

export interface ChainedInvokeOptions<I, O> {
  readonly name?: string | undefined;
  readonly subType: string;
  readonly functionName: string;
  readonly input: I | undefined;
  readonly tenantId?: string | undefined;
  readonly inputSerdes: Serdes<I>;
  readonly resultSerdes: Serdes<O>;
}

/** Calls another function and waits for its outcome without running meanwhile. */
export function chainedInvoke<I, O>(scope: Scope, options: ChainedInvokeOptions<I, O>): Future<O> {
  if (scope.isClosed) return new Future<O>();
  const opening = new Opening(scope, { type: "CHAINED_INVOKE", subType: options.subType, name: options.name });
  const taker = new InvokeTaker(opening, options);
  const { invocation } = scope;
  invocation.delivery.register(opening.key, taker);
  if (opening.stored === undefined && !scope.isRebuilding) send(opening, options);
  invocation.schedule();
  return taker.future;
}

function send<I, O>(opening: Opening, options: ChainedInvokeOptions<I, O>): void {
  const { scope } = opening;
  const { functionName, tenantId } = options;
  scope.startExecuting();
  serialize(opening, options.inputSerdes, options.input, (payload) => {
    if (!scope.isClosed) {
      const details = {
        functionName,
        ...(payload === undefined ? {} : { payload }),
        ...(tenantId === undefined ? {} : { tenantId }),
      };
      scope.invocation.record(opening.update("START", details), true);
    }
    scope.stopExecuting();
  });
}

class InvokeTaker<I, O> implements Taker {
  readonly scope: Scope;
  readonly future: Future<O>;
  readonly #opening: Opening;
  readonly #options: ChainedInvokeOptions<I, O>;

  constructor(opening: Opening, options: ChainedInvokeOptions<I, O>) {
    this.scope = opening.scope;
    this.future = new Future<O>(opening.scope);
    this.#opening = opening;
    this.#options = options;
  }

  prepare(operation: Operation): MaybePromise<Handover> {
    if (operation.status === "SUCCEEDED") {
      return deserialize(this.#opening, this.#options.resultSerdes, operation.result, (value) =>
        this.future.resolve(value),
      );
    }
    const { error } = operation;
    const cause = error === undefined ? undefined : new Error(error.errorMessage);
    const failure = new InvokeError(error?.errorMessage, cause, error?.errorData);
    return () => this.future.reject(failure);
  }
}
