/** The serdes of what is given none: JSON, with a word, once in a process, about what JSON loses. */

import { jsonSerdes, type Serdes } from "../engine/ports/serdes.ts";
import { serializationError } from "../engine/replay/round-trip.ts";

/** The JSON of an empty object, and of every Map and every Set. */
const EMPTY = "{}";
/** The most members that are searched for values that JSON loses. */
const MOST_MEMBERS = 1000;

let hasWarned = false;

/** JSON, as `jsonSerdes`. The first Map or Set that becomes an empty object is warned of on the console. */
export const plainJson: Serdes = {
  isJson: true,
  serialize: (value, { entityId }) => writeJson(value, entityId),
  deserialize: (data, context) => jsonSerdes.deserialize(data, context),
};

/**
 * The text of what a function has returned. `what` names the function.
 *
 * @throws {SerdesError} for a value that JSON cannot write.
 */
export function writeResult(what: string, value: unknown): string | undefined {
  try {
    return writeJson(value);
  } catch (error) {
    throw serializationError(`the result of ${what}`, error, value);
  }
}

/** The same for a value that is the result of an operation, or of the handler if `entityId` is undefined. */
function writeJson(value: unknown, entityId?: string): string | undefined {
  const text = JSON.stringify(value) as string | undefined;
  if (!hasWarned && text?.includes(EMPTY) === true) warnOfLoss(value, entityId);
  return text;
}

function warnOfLoss(value: unknown, entityId: string | undefined): void {
  const what = entityId === undefined ? "the handler" : `operation ${entityId}`;
  const lost = collectionIn(value);
  if (lost === undefined) return;
  hasWarned = true;
  console.warn(
    `perdure: the result of ${what} has a ${lost} in it, which JSON writes as {}: its entries are lost. ` +
      'Return an array or an object instead, or keep it with { serdes: collectionSerdes }, an export of "perdure". ' +
      "This is said once.",
  );
}

/** The first that is found; none if the value cannot be read a second time. */
function collectionIn(value: unknown): "Map" | "Set" | undefined {
  try {
    const queue: unknown[] = [value];
    for (let place = 0; place < queue.length && place < MOST_MEMBERS; place++) {
      const next = queue[place];
      if (next instanceof Map && next.size > 0) return "Map";
      if (next instanceof Set && next.size > 0) return "Set";
      if (typeof next !== "object" || next === null || queue.length > MOST_MEMBERS) continue;
      for (const member of Object.values(next)) queue.push(member);
    }
  } catch {
    return undefined;
  }
  return undefined;
}
