/**
 * The tags of an execution: given at its start, and changed by steps of the sub type `Tags`, whose result says how. A step
 * of that sub type whose result says something else is a step like any other.
 */

import type { Fact } from "../model/commit.ts";
import { changedTags, isSameTags, type TagChanges, type Tags, TAGS_SUB_TYPE } from "../model/tags.ts";
import type { OperationUpdate } from "../model/update.ts";
import type { MachineRejection } from "./command.ts";
import { invalid } from "./command.ts";
import { checkText, type TextRule } from "./limits.ts";
import type { ExecutionState } from "./state.ts";

/** How many tags an execution has at the most, and how long they are. */
export const TagLimits = {
  TAGS: 10,
  KEY_CHARACTERS: 64,
  VALUE_CHARACTERS: 256,
} as const;

const KEY: TextRule = { what: "The key of a tag", limit: TagLimits.KEY_CHARACTERS, alphabet: "tag" };
/** A control character, or half of a character. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** Why these cannot be tags, or changes of tags where null is taken for a value; undefined if they can. */
export function checkTags(tags: unknown, takesNull = false): MachineRejection | undefined {
  if (typeof tags !== "object" || tags === null || Array.isArray(tags)) {
    return invalid('Tags must be an object of texts, such as { customer: "c-7" }.');
  }
  const entries: readonly [string, unknown][] = Object.entries(tags);
  for (const [key, value] of entries) {
    const refused = checkText(key, KEY) ?? (value === null && takesNull ? undefined : checkValue(key, value));
    if (refused !== undefined) return refused;
  }
  return tooMany(entries.filter(([, value]) => value !== null).map(([key]) => key));
}

/** Why an update cannot change the tags as it says. `before` are those that the updates before it lead to. */
export function checkTagUpdate(before: Tags | undefined, update: OperationUpdate): MachineRejection | undefined {
  const changes = changesOf(update.subType, update.payload);
  if (changes === undefined) return undefined;
  return checkTags(changes, true) ?? tooMany(Object.keys(changedTags(before, changes)));
}

/** The tags that an update leads to; undefined if it is about something else. */
export function tagsAfter(before: Tags | undefined, update: OperationUpdate): Tags | undefined {
  const changes = update.action === "SUCCEED" ? changesOf(update.subType, update.payload) : undefined;
  return changes === undefined ? undefined : changedTags(before, changes);
}

/** The tags that the execution has after a step of the sub type `Tags`; undefined if they stay as they are. */
export function newTags({ header, operations }: ExecutionState, fact: Fact): Tags | undefined {
  if (fact.kind !== "SUCCEEDED") return undefined;
  const operation = operations.get(fact.id);
  if (operation?.type !== "STEP") return undefined;
  const changes = changesOf(operation.subType, fact.result);
  const tags = changes === undefined ? undefined : changedTags(header.tags, changes);
  // What another machine has recorded may go over the limits: then it is no more than a step.
  if (tags === undefined || isSameTags(tags, header.tags) || checkTags(tags) !== undefined) return undefined;
  return tags;
}

function changesOf(subType: string | undefined, text: string | undefined): TagChanges | undefined {
  if (subType !== TAGS_SUB_TYPE || text === undefined) return undefined;
  const value = parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const isOfTexts = Object.values(value).every((each) => each === null || typeof each === "string");
  return isOfTexts ? (value as TagChanges) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function checkValue(key: string, value: unknown): MachineRejection | undefined {
  if (typeof value !== "string") return invalid(`The value of tag "${key}" must be text.`);
  const size = value.length;
  const limit = TagLimits.VALUE_CHARACTERS;
  if (size > limit) {
    return { ...invalid(`The value of tag "${key}" has ${size} characters; the limit is ${limit}.`), size, limit };
  }
  return UNPRINTABLE.test(value) ? invalid(`The value of tag "${key}" has a character that is none.`) : undefined;
}

function tooMany(keys: readonly string[]): MachineRejection | undefined {
  const limit = TagLimits.TAGS;
  if (keys.length <= limit) return undefined;
  const message = `Tag "${keys[limit]}" would be one of ${keys.length} tags of the execution; the limit is ${limit}.`;
  return { ...invalid(message), size: keys.length, limit };
}
