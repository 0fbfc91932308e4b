/** The serdes of what is given none: JSON, with a word, once in a process, about what JSON loses. */

import { jsonSerdes, type Serdes } from "../engine/ports/serdes.ts";

/** How an empty object is written, and with it every Map and every Set. */
const EMPTY = "{}";
/** How many members are looked at, at most, for what is lost. */
const MOST_MEMBERS = 1000;

let hasWarned = false;

/** JSON, as `jsonSerdes`. The first Map or Set that becomes an empty object is warned of on the console. */
export const plainJson: Serdes = {
  isJson: true,
  serialize(value, context) {
    const text = jsonSerdes.serialize(value, context) as string | undefined;
    if (!hasWarned && text?.includes(EMPTY) === true) warnOfLoss(value, context.entityId);
    return text;
  },
  deserialize: (data, context) => jsonSerdes.deserialize(data, context),
};

function warnOfLoss(value: unknown, entityId: string): void {
  const lost = collectionIn(value);
  if (lost === undefined) return;
  hasWarned = true;
  console.warn(
    `perdure: the result of operation ${entityId} has a ${lost} in it, which JSON writes as {}: its entries are lost. ` +
      'Return an array or an object instead, or keep it with { serdes: collectionSerdes }, an export of "perdure". ' +
      "This is said once.",
  );
}

function collectionIn(value: unknown): "Map" | "Set" | undefined {
  const queue: unknown[] = [value];
  for (let place = 0; place < queue.length && place < MOST_MEMBERS; place++) {
    const next = queue[place];
    if (next instanceof Map && next.size > 0) return "Map";
    if (next instanceof Set && next.size > 0) return "Set";
    if (typeof next !== "object" || next === null || queue.length > MOST_MEMBERS) continue;
    for (const member of Object.values(next)) queue.push(member);
  }
  return undefined;
}
