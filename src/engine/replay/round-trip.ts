/** Values pass their serdes on the way out and on the way in; a serdes that throws ends the invocation. */

import { isThenable, type MaybePromise } from "../ports/maybe-promise.ts";
import type { Serdes, SerdesContext } from "../ports/serdes.ts";
import type { CalledOperation } from "./called-operation.ts";
import { SerdesFailedError } from "./faults.ts";

type Direction = "Serialization" | "Deserialization";

/** Calls `next` with the text, at once if the serdes is synchronous; never if the serdes fails. */
export function serialize<T>(
  called: CalledOperation,
  serdes: Pick<Serdes<T>, "serialize">,
  value: T | undefined,
  next: (text: string | undefined) => void,
): void {
  let text: MaybePromise<string | undefined>;
  try {
    text = native(serdes.serialize(value, serdesContext(called)));
  } catch (error) {
    return fail(called, "Serialization", error);
  }
  if (text instanceof Promise) void text.then(next, (error: unknown) => fail(called, "Serialization", error));
  else next(text);
}

/**
 * Calls `next` with the value, at once if the serdes is synchronous, and returns its answer; never if the serdes fails.
 */
export function deserialize<T, R>(
  called: CalledOperation,
  serdes: Pick<Serdes<T>, "deserialize">,
  text: string | undefined,
  next: (value: T) => R,
): MaybePromise<R | undefined> {
  let value: MaybePromise<T | undefined>;
  try {
    value = native(serdes.deserialize(text, serdesContext(called)));
  } catch (error) {
    fail(called, "Deserialization", error);
    return undefined;
  }
  if (!(value instanceof Promise)) return next(value as T);
  return value.then(
    (result) => next(result as T),
    (error: unknown) => {
      fail(called, "Deserialization", error);
      return undefined;
    },
  );
}

/** Promises of any make become native ones. */
function native<T>(answer: MaybePromise<T>): MaybePromise<T> {
  return isThenable(answer) ? Promise.resolve(answer) : answer;
}

function fail(called: CalledOperation, direction: Direction, cause: unknown): void {
  const operation = { name: called.name, id: called.position };
  called.scope.invocation.end({ status: "FAULT", error: new SerdesFailedError(direction, operation, cause) });
}

function serdesContext(called: CalledOperation): SerdesContext {
  return { entityId: called.position, durableExecutionArn: called.scope.invocation.arn };
}
