/**
 * The errors that durable operations reject with: AWS's classes, names, default messages and shapes. They live beside
 * the model because a stored failure must come back as the same class wherever the handler runs.
 */

import type { Failure } from "./failure.ts";

/** An error on the wire. */
export interface ErrorObject {
  ErrorType?: string | undefined;
  ErrorMessage?: string | undefined;
  ErrorData?: string | undefined;
  StackTrace?: string[] | undefined;
}

const CAUSE_SEARCH_DEPTH = 10;

export abstract class DurableOperationError extends Error {
  abstract readonly errorType: string;
  override cause?: Error;
  errorData?: string;
  stackTrace?: string[];

  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message);
    this.name = this.constructor.name;
    if (cause !== undefined) this.cause = cause;
    if (errorData !== undefined) this.errorData = errorData;
  }

  static fromErrorObject(errorObject: ErrorObject): DurableOperationError {
    return errorFromFailure(failureFromErrorObject(errorObject));
  }

  toErrorObject(): ErrorObject {
    return errorObjectFromFailure(failureFromError(this));
  }
}

export class StepError extends DurableOperationError {
  readonly errorType = "StepError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Step failed", cause, errorData);
  }
}

export class CallbackError extends DurableOperationError {
  readonly errorType: string = "CallbackError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Callback failed", cause, errorData);
  }
}

export class CallbackExternalError extends CallbackError {
  override readonly errorType = "CallbackExternalError";
}

export class CallbackTimeoutError extends CallbackError {
  override readonly errorType = "CallbackTimeoutError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Callback timed out", cause, errorData);
  }
}

export class CallbackSubmitterError extends CallbackError {
  override readonly errorType = "CallbackSubmitterError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Callback submitter failed", cause, errorData);
  }
}

export class InvokeError extends DurableOperationError {
  readonly errorType = "InvokeError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Invoke failed", cause, errorData);
  }
}

export class ChildContextError extends DurableOperationError {
  readonly errorType = "ChildContextError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Child context failed", cause, errorData);
  }
}

export class WaitForConditionError extends DurableOperationError {
  readonly errorType = "WaitForConditionError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Wait for condition failed", cause, errorData);
  }
}

export class PromiseCombinatorError extends DurableOperationError {
  readonly errorType = "PromiseCombinatorError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Promise combinator failed", cause, errorData);
  }
}

type DurableErrorClass = new (message?: string, cause?: Error, errorData?: string) => DurableOperationError;

/** The classes that a stored error type brings back; any other type comes back as a StepError. */
const RECONSTRUCTABLE: ReadonlyMap<string, DurableErrorClass> = new Map<string, DurableErrorClass>([
  ["StepError", StepError],
  ["CallbackError", CallbackError],
  ["CallbackExternalError", CallbackExternalError],
  ["CallbackTimeoutError", CallbackTimeoutError],
  ["CallbackSubmitterError", CallbackSubmitterError],
  ["InvokeError", InvokeError],
  ["ChildContextError", ChildContextError],
  ["WaitForConditionError", WaitForConditionError],
  ["PromiseCombinatorError", PromiseCombinatorError],
]);

/** The class that a stored error type stands for, if it is one of the durable errors. */
export function durableErrorClass(errorType: string | undefined): DurableErrorClass | undefined {
  return errorType === undefined ? undefined : RECONSTRUCTABLE.get(errorType);
}

/** The plain error that a durable error names as its cause: what was stored of the original. */
export function causeFromFailure(failure: Failure): Error {
  const cause = new Error(failure.errorMessage);
  cause.name = failure.errorType ?? "Error";
  if (failure.stackTrace === undefined) delete cause.stack;
  else cause.stack = failure.stackTrace.join("\n");
  return cause;
}

export function errorFromFailure(failure: Failure): DurableOperationError {
  const ErrorClass = durableErrorClass(failure.errorType) ?? StepError;
  return new ErrorClass(failure.errorMessage, causeFromFailure(failure), failure.errorData);
}

/** What is stored of a thrown value. Only error-like values have a type; the stack is never stored. */
export function failureFromError(thrown: unknown): Failure {
  if (thrown instanceof DurableOperationError) {
    return compact({
      errorType: thrown.errorType,
      errorMessage: thrown.message,
      errorData: findErrorData(thrown),
      stackTrace: thrown.stackTrace,
    });
  }
  if (isErrorLike(thrown)) return { errorType: thrown.name, errorMessage: thrown.message };
  return { errorMessage: "Unknown error" };
}

export function failureFromErrorObject(error: ErrorObject): Failure {
  return compact({
    errorType: error.ErrorType,
    errorMessage: error.ErrorMessage,
    errorData: error.ErrorData,
    stackTrace: error.StackTrace,
  });
}

export function errorObjectFromFailure(failure: Failure): ErrorObject {
  return {
    ErrorType: failure.errorType,
    ErrorMessage: failure.errorMessage,
    ErrorData: failure.errorData,
    StackTrace: failure.stackTrace === undefined ? undefined : [...failure.stackTrace],
  };
}

function findErrorData(error: DurableOperationError): string | undefined {
  let current: unknown = error;
  for (let depth = 0; depth <= CAUSE_SEARCH_DEPTH && current instanceof Error; depth++) {
    if (current instanceof DurableOperationError && current.errorData !== undefined) return current.errorData;
    current = current.cause;
  }
  return undefined;
}

function isErrorLike(value: unknown): value is { name: string; message: string } {
  if (value instanceof Error) return true;
  return typeof value === "object" && value !== null && "name" in value && "message" in value;
}

function compact(failure: { [Key in keyof Failure]: Failure[Key] | undefined }): Failure {
  return Object.fromEntries(Object.entries(failure).filter(([, value]) => value !== undefined));
}
