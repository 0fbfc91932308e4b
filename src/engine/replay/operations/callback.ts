import { CallbackError, CallbackExternalError, CallbackTimeoutError, causeFromFailure } from "../../model/errors.ts";
import type { Draft } from "../../model/draft.ts";
import { type CallbackOperation, isSettled, type Operation } from "../../model/operation.ts";
import type { OperationUpdate } from "../../model/update.ts";
import type { MaybePromise } from "../../ports/maybe-promise.ts";
import type { Serdes } from "../../ports/serdes.ts";
import { CalledOperation, type CallOptions } from "../called-operation.ts";
import type { Handover, Taker } from "../taker.ts";
import { Future } from "../future.ts";
import { deserialize } from "../round-trip.ts";
import type { Scope } from "../scope.ts";

export interface CallbackOptions<T> extends CallOptions {
  readonly timeoutSeconds?: number | undefined;
  readonly heartbeatTimeoutSeconds?: number | undefined;
  readonly serdes: Pick<Serdes<T>, "deserialize" | "isJson">;
}

/** A callback that is open: its id for the outside, and the outcome to come. */
export interface OpenCallback<T> {
  readonly callbackId: string;
  readonly outcome: Future<T>;
}

/** Opens a callback. The answer comes once the callback is recorded, since it cannot be completed before. */
export function callback<T>(scope: Scope, options: CallbackOptions<T>): Future<OpenCallback<T>> {
  return scope.isClosed ? new Future<OpenCallback<T>>() : new Callback(scope, "CALLBACK", options).begin();
}

class Callback<T> extends CalledOperation<CallbackOptions<T>> implements Taker {
  readonly awaitsOutside = true;
  readonly #opened: Future<OpenCallback<T>> = new Future<OpenCallback<T>>();
  readonly #outcome: Future<T> = new Future<T>(this.scope);

  begin(): Future<OpenCallback<T>> {
    const { invocation } = this.scope;
    invocation.delivery.register(this.key, this);
    if (this.stored === undefined && !this.scope.isRebuilding) {
      invocation.record(this.update("START", limitsOf(this.options)), true);
    }
    invocation.schedule();
    return this.#opened;
  }

  get isObserved(): boolean {
    return this.#outcome.isObserved;
  }

  prepareOpening(operation: Operation): Handover {
    const { callbackId } = operation as CallbackOperation;
    if (callbackId) return this.#opened.ready({ callbackId, outcome: this.#outcome });
    const which = isSettled(operation.status) ? "callback" : "started callback";
    return this.#opened.broken(new CallbackError(`No callback ID found for ${which}: ${this.position}`));
  }

  prepare(operation: Operation): MaybePromise<Handover | undefined> {
    const outcome = this.#outcome;
    if (operation.status !== "SUCCEEDED") return outcome.broken(callbackError(operation), this);
    return deserialize<T, Handover>(this, this.options.serdes, operation.result, {
      done: (value) => outcome.ready(value),
      // The outside has sent this result: no repair here makes it readable.
      failed: (error) => outcome.broken(new CallbackError(error.message, error), this),
    });
  }
}

function limitsOf<T>({ timeoutSeconds, heartbeatTimeoutSeconds }: CallbackOptions<T>): Partial<OperationUpdate> {
  const limits: Draft<Partial<OperationUpdate>> = {};
  if (timeoutSeconds !== undefined) limits.timeoutSeconds = timeoutSeconds;
  if (heartbeatTimeoutSeconds !== undefined) limits.heartbeatTimeoutSeconds = heartbeatTimeoutSeconds;
  return limits;
}

function callbackError(operation: Operation): CallbackError {
  const ErrorClass = operation.status === "TIMED_OUT" ? CallbackTimeoutError : CallbackExternalError;
  const { error } = operation;
  if (error === undefined) return new ErrorClass();
  return new ErrorClass(error.errorMessage, causeFromFailure(error), error.errorData);
}
