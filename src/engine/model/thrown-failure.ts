/**
 * What is stored of what was thrown. Apart from the errors themselves: code that only stores errors needs none of their
 * classes.
 */

import type { Failure } from "./failure.ts";

/** Errors of durable operations, which know what is to be stored of them. */
export const durableErrors: WeakSet<object> = new WeakSet<object>();

interface DurableError extends Error {
  readonly errorType: string;
  readonly errorData?: unknown;
}

const CAUSE_SEARCH_DEPTH = 10;

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
  if (isDurable(thrown)) {
    return compact({
      errorType: thrown.errorType,
      errorMessage: thrown.message,
      errorData: findErrorData(thrown),
      stackTrace: undefined,
    });
  }
  return compact({ errorType: asText(thrown.name), errorMessage: asText(thrown.message) });
}

function findErrorData(error: DurableError): string | undefined {
  let current: unknown = error;
  for (let depth = 0; depth <= CAUSE_SEARCH_DEPTH && current instanceof Error; depth++) {
    if (isDurable(current) && typeof current.errorData === "string") return current.errorData;
    current = current.cause;
  }
  return undefined;
}

function isDurable(value: object): value is DurableError {
  return durableErrors.has(value);
}

function isErrorLike(value: unknown): value is { name: unknown; message: unknown } {
  return typeof value === "object" && value !== null && "name" in value && "message" in value;
}

/** Anybody's object may look like an error; only text can be stored of it. */
function asText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

export function compact(failure: { [Key in keyof Failure]: Failure[Key] | undefined }): Failure {
  return Object.fromEntries(Object.entries(failure).filter(([, value]) => value !== undefined));
}
