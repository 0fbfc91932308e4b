import { CallbackError, CallbackExternalError, CallbackTimeoutError, causeFromFailure } from "../../model/errors.ts";
import type { CallbackOperation, Operation } from "../../model/operation.ts";
import type { MaybePromise } from "../../ports/maybe-promise.ts";
import type { Serdes } from "../../ports/serdes.ts";
import type { Handover, Taker } from "../delivery.ts";
import { Future } from "../future.ts";
import { Opening } from "../opening.ts";
import { deserialize } from "../round-trip.ts";
import type { Scope } from "../scope.ts";

export interface CallbackOptions<T> {
  readonly name?: string | undefined;
  readonly subType: string;
  readonly timeoutSeconds?: number | undefined;
  readonly heartbeatTimeoutSeconds?: number | undefined;
  readonly serdes: Pick<Serdes<T>, "deserialize">;
}

/** A callback that is open: its id for the outside, and the outcome to come. */
export interface OpenCallback<T> {
  readonly callbackId: string;
  readonly outcome: Future<T>;
}

/** Opens a callback. The answer comes once the callback is recorded, since nobody may complete it before. */
export function callback<T>(scope: Scope, options: CallbackOptions<T>): Future<OpenCallback<T>> {
  if (scope.isClosed) return new Future<OpenCallback<T>>();
  const opening = new Opening(scope, { type: "CALLBACK", subType: options.subType, name: options.name });
  const taker = new CallbackTaker(opening, options);
  const { invocation } = scope;
  invocation.delivery.register(opening.key, taker);
  if (opening.stored === undefined && !scope.isRebuilding) {
    const { timeoutSeconds, heartbeatTimeoutSeconds } = options;
    const limits = {
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
      ...(heartbeatTimeoutSeconds === undefined ? {} : { heartbeatTimeoutSeconds }),
    };
    invocation.record(opening.update("START", limits), true);
  }
  invocation.schedule();
  return taker.opened;
}

class CallbackTaker<T> implements Taker {
  readonly scope: Scope;
  readonly opened: Future<OpenCallback<T>>;
  readonly #outcome: Future<T>;
  readonly #opening: Opening;
  readonly #options: CallbackOptions<T>;

  constructor(opening: Opening, options: CallbackOptions<T>) {
    this.scope = opening.scope;
    this.opened = new Future<OpenCallback<T>>();
    this.#outcome = new Future<T>(opening.scope);
    this.#opening = opening;
    this.#options = options;
  }

  prepareOpening(operation: Operation): Handover {
    const { callbackId } = operation as CallbackOperation;
    if (!callbackId) {
      const message = `No callback ID found for started callback: ${this.#opening.position}`;
      return () => this.opened.reject(new CallbackError(message));
    }
    return () => this.opened.resolve({ callbackId, outcome: this.#outcome });
  }

  prepare(operation: Operation): MaybePromise<Handover> {
    if (operation.status === "SUCCEEDED") {
      return deserialize(this.#opening, this.#options.serdes, operation.result, (value) =>
        this.#outcome.resolve(value),
      );
    }
    const error = callbackError(operation);
    return () => this.#outcome.reject(error);
  }
}

function callbackError(operation: Operation): CallbackError {
  const ErrorClass = operation.status === "TIMED_OUT" ? CallbackTimeoutError : CallbackExternalError;
  const { error } = operation;
  if (error === undefined) return new ErrorClass();
  return new ErrorClass(error.errorMessage, causeFromFailure(error), error.errorData);
}
