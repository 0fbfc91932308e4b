import { CallbackError, CallbackExternalError, CallbackTimeoutError, causeFromFailure } from "../../model/errors.ts";
import { type CallbackOperation, isSettled, type Operation } from "../../model/operation.ts";
import type { MaybePromise } from "../../ports/maybe-promise.ts";
import type { Serdes } from "../../ports/serdes.ts";
import type { CallOptions } from "../called-operation.ts";
import { Future } from "../future.ts";
import type { Scope } from "../scope.ts";
import type { Handover } from "../taker.ts";
import { OutsideOperation } from "./outside-operation.ts";

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
  return scope.isClosed ? new Future<OpenCallback<T>>() : new Callback(scope, "CALLBACK", options).begin().opened;
}

class Callback<T> extends OutsideOperation<T, CallbackOptions<T>> {
  readonly opened: Future<OpenCallback<T>> = new Future<OpenCallback<T>>();

  start(): void {
    const { timeoutSeconds, heartbeatTimeoutSeconds } = this.options;
    this.recordStart({ timeoutSeconds, heartbeatTimeoutSeconds });
  }

  prepareOpening(operation: Operation): Handover {
    const { callbackId } = operation as CallbackOperation;
    if (callbackId) return this.opened.ready({ callbackId, outcome: this.outcome });
    const which = isSettled(operation.status) ? "callback" : "started callback";
    return this.opened.broken(new CallbackError(`No callback ID found for ${which}: ${this.position}`));
  }

  prepare(operation: Operation): MaybePromise<Handover> {
    if (operation.status !== "SUCCEEDED") return this.outcome.broken(callbackError(operation), this);
    return this.read(this.options.serdes, operation.result, CallbackError);
  }
}

function callbackError(operation: Operation): CallbackError {
  const ErrorClass = operation.status === "TIMED_OUT" ? CallbackTimeoutError : CallbackExternalError;
  const { error } = operation;
  if (error === undefined) return new ErrorClass();
  return new ErrorClass(error.errorMessage, causeFromFailure(error), error.errorData);
}
