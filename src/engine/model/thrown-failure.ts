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
 * The stored form of a thrown value: name and message of an object that looks like an error, and a text or a number as
 * it is. A stack is never stored; the causes of an error take its place, unless a durable operation rejected with that
 * error: then they stand at the operation, and the chain of errors is AWS's. Texts too large for the log are cut, and
 * say so.
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
  if (!isErrorLike(thrown)) return { errorMessage: textOf(thrown) || "Unknown error" };
  if (isDurable(thrown)) {
    return present({
      errorType: thrown.errorType,
      errorMessage: thrown.message,
      errorData: findErrorData(thrown),
      stackTrace: undefined,
    });
  }
  const causes = readableCauses(thrown);
  return present({
    errorType: asText(thrown.name),
    errorMessage: asText(thrown.message),
    stackTrace: causes.length > 0 ? causes : undefined,
  });
}

/** A cause that cannot be read is no reason to lose the error. */
function readableCauses(error: object): string[] {
  try {
    return causeLines(error);
  } catch {
    return [];
  }
}

/** What is thrown in place of an error says: a text, a number, or an object with a message. */
export function textOf(thrown: unknown): string | undefined {
  try {
    const isMessenger = typeof thrown === "object" && thrown !== null && "message" in thrown;
    return asText(isMessenger ? thrown.message : thrown);
  } catch {
    return undefined;
  }
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
  return ["number", "boolean", "bigint"].includes(typeof value) ? String(value) : undefined;
}
