/**
 * The errors that durable operations reject with: AWS's classes, names, default messages and shapes. They live beside
 * the model because a stored failure must come back as the same class wherever the handler runs.
 */

import { branded } from "./branded.ts";
import { restoreCauses } from "./cause-lines.ts";
import type { Failure } from "./failure.ts";
import { present } from "./present.ts";
import { DURABLE, failureFromError } from "./thrown-failure.ts";

/** An error on the wire. */
export interface ErrorObject {
  /** The name of the error's class. */
  ErrorType?: string | undefined;
  /** The error's message. */
  ErrorMessage?: string | undefined;
  /** Text that the failing side attached. */
  ErrorData?: string | undefined;
  /** The lines of the error's stack. */
  StackTrace?: string[] | undefined;
}

/**
 * The base class of the errors that durable operations reject with.
 *
 * `name` is taken from the class, and every class states its own as a static field: what a minifier does to the class
 * binding then changes neither the name that is shown nor the one that is stored. A subclass outside this package that
 * states none gets the name it was declared with.
 */
export abstract class DurableOperationError extends Error {
  /** The name under which the error is stored, and which brings the class back on replay. */
  abstract readonly errorType: string;
  override cause?: Error;
  /** Text that the failing side attached. */
  errorData?: string;
  /** The lines of the stored stack. */
  stackTrace?: string[];

  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message);
    // Members of its own also where they are undefined, as with AWS's SDK.
    Object.assign(this, { cause, errorData, stackTrace: undefined });
    this.name = new.target.name;
  }

  /** The error that a stored error stands for; a type that is no durable error's comes back as a StepError. */
  static fromErrorObject(errorObject: ErrorObject): DurableOperationError {
    return errorFromFailure(failureFromErrorObject(errorObject));
  }

  /** This error in the shape of the wire. */
  toErrorObject(): ErrorObject {
    return errorObjectFromFailure(failureFromError(this));
  }
}

branded(DurableOperationError, "DurableOperationError");
Object.defineProperty(DurableOperationError.prototype, DURABLE, { value: true });

/** A step, or a condition that is waited for, failed for good. */
export class StepError extends DurableOperationError {
  static override readonly name: string = "StepError";
  readonly errorType: string = "StepError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Step failed", cause, errorData);
  }
}

/**
 * An attempt of a step took longer than the step's `timeout`; once no attempt is left, what the step rejects with. No
 * error of AWS's SDK, to which it is a `StepError`.
 */
export class StepTimeoutError extends StepError {
  static override readonly name: string = "StepTimeoutError";
  override readonly errorType = "StepTimeoutError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Step timed out", cause, errorData);
  }
}

/** A callback ended without a value; its subclasses say how. */
export class CallbackError extends DurableOperationError {
  static override readonly name: string = "CallbackError";
  readonly errorType: string = "CallbackError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Callback failed", cause, errorData);
  }
}

/** The outside failed the callback, instead of completing it with a value. */
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

/** A condition that is waited for failed: its check threw, or its wait strategy gave up. */
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

/**
 * A value that could not be written, or not be read: the message names the operation and, where JSON stumbled, the path
 * in the value; `cause` is what the serdes threw. No error of AWS's SDK, to which it is a `StepError`.
 */
export class SerdesError extends DurableOperationError {
  static override readonly name: string = "SerdesError";
  readonly errorType = "SerdesError";
  constructor(message?: string, cause?: Error, errorData?: string) {
    super(message || "Serialization failed", cause, errorData);
  }
}

type DurableErrorClass = new (message?: string, cause?: Error, errorData?: string) => DurableOperationError;

/** The classes that a stored error type brings back; any other type comes back as a StepError. */
const RECONSTRUCTABLE: ReadonlyMap<string, DurableErrorClass> = new Map<string, DurableErrorClass>(
  [
    StepError,
    StepTimeoutError,
    CallbackError,
    CallbackExternalError,
    CallbackTimeoutError,
    CallbackSubmitterError,
    InvokeError,
    ChildContextError,
    WaitForConditionError,
    PromiseCombinatorError,
    SerdesError,
  ].map((ErrorClass) => [ErrorClass.name, ErrorClass]),
);

for (const [name, ErrorClass] of RECONSTRUCTABLE) branded(ErrorClass, name);

/** The class that a stored error type stands for, if it is one of the durable errors. */
export function durableErrorClass(errorType: string | undefined): DurableErrorClass | undefined {
  return errorType === undefined ? undefined : RECONSTRUCTABLE.get(errorType);
}

/**
 * The plain error that a durable error names as its cause: what was stored of the original, with causes of its own. No
 * stack was stored, and a stack made here would point into the replay, so there is none.
 */
export function causeFromFailure(failure: Failure): Error {
  const cause = new Error(failure.errorMessage);
  cause.name = failure.errorType || "Error";
  (cause as { stack: string | undefined }).stack = failure.stackTrace?.join("\n");
  if (failure.stackTrace !== undefined) restoreCauses(cause, failure.stackTrace);
  return cause;
}

export function errorFromFailure(failure: Failure): DurableOperationError {
  const ErrorClass = durableErrorClass(failure.errorType);
  const { errorMessage, errorData } = failure;
  const cause = causeFromFailure(failure);
  if (ErrorClass === undefined) return new StepError(errorMessage || "Unknown error", cause, errorData);
  return new ErrorClass(errorMessage, cause, errorData);
}

export function failureFromErrorObject(error: ErrorObject): Failure {
  return present({
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
