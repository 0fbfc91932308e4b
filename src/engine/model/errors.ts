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

/**
 * What every durable operation rejects with.
 *
 * `name` is taken from the class, and every class states its own as a static field: what a minifier does to the class
 * binding then changes neither the name that is shown nor the one that is stored. A subclass outside this package that
 * states none gets the name it was declared with.
 */
export abstract class DurableOperationError extends Error {
  /** What is stored, and what brings the class back on replay. */
  abstract readonly errorType: string;
  override cause?: Error;
  /** Text that the failing side attached. */
  errorData?: string;
  stackTrace?: string[];

  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message);
    this.name = new.target.name;
    if (cause !== undefined) this.cause = cause;
    if (errorData !== undefined) this.errorData = errorData;
  }

  /** The error that a stored error stands for; a type that is no durable error's comes back as a StepError. */
  static fromErrorObject(errorObject: ErrorObject): DurableOperationError {
    return errorFromFailure(failureFromErrorObject(errorObject));
  }

  toErrorObject(): ErrorObject {
    return errorObjectFromFailure(failureFromError(this));
  }
}

/** A step, or a condition that is waited for, failed for good. */
export class StepError extends DurableOperationError {
  static override readonly name: string = "StepError";
  readonly errorType = "StepError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Step failed", cause, errorData);
  }
}

export class CallbackError extends DurableOperationError {
  static override readonly name: string = "CallbackError";
  readonly errorType: string = "CallbackError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Callback failed", cause, errorData);
  }
}

/** Whoever was to complete the callback failed it. */
export class CallbackExternalError extends CallbackError {
  static override readonly name: string = "CallbackExternalError";
  override readonly errorType = "CallbackExternalError";
}

/** The callback's timeout passed, or that between two heartbeats. */
export class CallbackTimeoutError extends CallbackError {
  static override readonly name: string = "CallbackTimeoutError";
  override readonly errorType = "CallbackTimeoutError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Callback timed out", cause, errorData);
  }
}

/** The step that hands the callback's id to the outside failed. */
export class CallbackSubmitterError extends CallbackError {
  static override readonly name: string = "CallbackSubmitterError";
  override readonly errorType = "CallbackSubmitterError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Callback submitter failed", cause, errorData);
  }
}

/** The function that was invoked failed, timed out or was stopped. */
export class InvokeError extends DurableOperationError {
  static override readonly name: string = "InvokeError";
  readonly errorType = "InvokeError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Invoke failed", cause, errorData);
  }
}

/** A child context failed; `cause` is what failed in it. */
export class ChildContextError extends DurableOperationError {
  static override readonly name: string = "ChildContextError";
  readonly errorType = "ChildContextError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Child context failed", cause, errorData);
  }
}

export class WaitForConditionError extends DurableOperationError {
  static override readonly name: string = "WaitForConditionError";
  readonly errorType = "WaitForConditionError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Wait for condition failed", cause, errorData);
  }
}

/** `context.promise.all`, `any`, `race` or `allSettled` rejected. */
export class PromiseCombinatorError extends DurableOperationError {
  static override readonly name: string = "PromiseCombinatorError";
  readonly errorType = "PromiseCombinatorError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Promise combinator failed", cause, errorData);
  }
}

type DurableErrorClass = new (message?: string, cause?: Error, errorData?: string) => DurableOperationError;

/** The classes that a stored error type brings back; any other type comes back as a StepError. */
const RECONSTRUCTABLE: ReadonlyMap<string, DurableErrorClass> = new Map<string, DurableErrorClass>(
  [
    StepError,
    CallbackError,
    CallbackExternalError,
    CallbackTimeoutError,
    CallbackSubmitterError,
    InvokeError,
    ChildContextError,
    WaitForConditionError,
    PromiseCombinatorError,
  ].map((ErrorClass) => [ErrorClass.name, ErrorClass]),
);

/** The class that a stored error type stands for, if it is one of the durable errors. */
export function durableErrorClass(errorType: string | undefined): DurableErrorClass | undefined {
  return errorType === undefined ? undefined : RECONSTRUCTABLE.get(errorType);
}

/**
 * The plain error that a durable error names as its cause: what was stored of the original. No stack was stored, and
 * the one made here would point into the replay, so there is none.
 */
export function causeFromFailure(failure: Failure): Error {
  const cause = new Error(failure.errorMessage);
  cause.name = failure.errorType || "Error";
  (cause as { stack: string | undefined }).stack = failure.stackTrace?.join("\n");
  return cause;
}

export function errorFromFailure(failure: Failure): DurableOperationError {
  const ErrorClass = durableErrorClass(failure.errorType);
  const { errorMessage, errorData } = failure;
  const cause = causeFromFailure(failure);
  if (ErrorClass === undefined) return new StepError(errorMessage || "Unknown error", cause, errorData);
  return new ErrorClass(errorMessage, cause, errorData);
}

/** What is stored of a thrown value. Only error-like values have a type; the stack is never stored. */
export function failureFromError(thrown: unknown): Failure {
  try {
    return describe(thrown);
  } catch {
    // Reading a thrown value may run code of its own, which may throw in turn.
    return { errorMessage: "Unknown error" };
  }
}

function describe(thrown: unknown): Failure {
  if (!isErrorLike(thrown)) return { errorMessage: "Unknown error" };
  if (thrown instanceof DurableOperationError) {
    return compact({
      errorType: thrown.errorType,
      errorMessage: thrown.message,
      errorData: findErrorData(thrown),
      stackTrace: undefined,
    });
  }
  return compact({ errorType: asText(thrown.name), errorMessage: asText(thrown.message) });
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
    if (current instanceof DurableOperationError && typeof current.errorData === "string") return current.errorData;
    current = current.cause;
  }
  return undefined;
}

function isErrorLike(value: unknown): value is { name: unknown; message: unknown } {
  return typeof value === "object" && value !== null && "name" in value && "message" in value;
}

/** Anybody's object may look like an error; only text can be stored of it. */
function asText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

function compact(failure: { [Key in keyof Failure]: Failure[Key] | undefined }): Failure {
  return Object.fromEntries(Object.entries(failure).filter(([, value]) => value !== undefined));
}
