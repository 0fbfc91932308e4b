/**
 * The stored form of a thrown value. Apart from the error classes: code that only stores errors needs none of them.
 */

import { causeLines } from "./cause-lines.ts";
import type { Failure } from "./failure.ts";
import { fitting } from "./fitting-failure.ts";
import { present } from "./present.ts";

/** The mark of errors of durable operations, which know their stored form, in every copy of this package. */
export const DURABLE: unique symbol = Symbol.for("perdure.durable-error");

interface DurableError extends Error {
  readonly errorType: string;
  readonly errorData?: unknown;
}

const CAUSE_SEARCH_DEPTH = 10;

/**
 * The stored form of a thrown value: name and message of an object that looks like an error, and a text as it is. A
 * stack is never stored; the causes of an error take its place, unless a durable operation rejected with that error.
 * Texts too large for the log are cut, and say so.
 */
export function failureFromError(thrown: unknown): Failure {
  try {
    return fitting(describe(thrown));
  } catch {
    // Reading a thrown value may run code of its own, which may throw in turn.
    return { errorMessage: "Unknown error" };
  }
}

function describe(thrown: unknown): Failure {
  if (typeof thrown === "string" && thrown !== "") return { errorMessage: thrown };
  if (!isErrorLike(thrown)) return { errorMessage: "Unknown error" };
  if (isDurable(thrown)) {
    return present({
      errorType: thrown.errorType,
      errorMessage: thrown.message,
      errorData: findErrorData(thrown),
      stackTrace: undefined,
    });
  }
  const causes = causeLines(thrown);
  return present({
    errorType: asText(thrown.name),
    errorMessage: asText(thrown.message),
    stackTrace: causes.length > 0 ? causes : undefined,
  });
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
  return DURABLE in value;
}

function isErrorLike(value: unknown): value is { name: unknown; message: unknown } {
  return typeof value === "object" && value !== null && "name" in value && "message" in value;
}

/** Any object may look like an error; only its texts can be stored. */
function asText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}
