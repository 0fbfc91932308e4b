/** Values pass their serdes on the way out and on the way in; a serdes that throws ends the invocation. */

import type { MaybePromise } from "../ports/maybe-promise.ts";
import type { Serdes, SerdesContext } from "../ports/serdes.ts";
import type { Handover } from "./delivery.ts";
import { SerdesFailedError } from "./faults.ts";
import type { Opening } from "./opening.ts";

type Direction = "Serialization" | "Deserialization";

/** Calls `next` with the text, at once if the serdes is synchronous; never if it fails. */
export function serialize<T>(
  opening: Opening,
  serdes: Pick<Serdes<T>, "serialize">,
  value: T | undefined,
  next: (text: string | undefined) => void,
): void {
  let text: MaybePromise<string | undefined>;
  try {
    text = serdes.serialize(value, serdesContext(opening));
  } catch (error) {
    return fail(opening, "Serialization", error);
  }
  if (text instanceof Promise) void text.then(next, (error: unknown) => fail(opening, "Serialization", error));
  else next(text);
}

/** Makes the value ready; the handover it gives passes the value to `hand`. */
export function deserialize<T>(
  opening: Opening,
  serdes: Pick<Serdes<T>, "deserialize">,
  text: string | undefined,
  hand: (value: T) => void,
): MaybePromise<Handover> {
  let value: MaybePromise<T | undefined>;
  try {
    value = serdes.deserialize(text, serdesContext(opening));
  } catch (error) {
    fail(opening, "Deserialization", error);
    return nothing;
  }
  if (!(value instanceof Promise)) return () => hand(value as T);
  return value.then(
    (result) => () => hand(result as T),
    (error: unknown) => {
      fail(opening, "Deserialization", error);
      return nothing;
    },
  );
}

function nothing(): void {}

function fail(opening: Opening, direction: Direction, cause: unknown): void {
  const operation = { name: opening.call.name, id: opening.position };
  opening.scope.invocation.end({ status: "FAULT", error: new SerdesFailedError(direction, operation, cause) });
}

function serdesContext(opening: Opening): SerdesContext {
  return { entityId: opening.position, durableExecutionArn: opening.scope.invocation.arn };
}
