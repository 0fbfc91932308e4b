/**
 * The tags of an execution: given at its start, and changed by steps of the sub type `Tags`, whose result says how. A step
 * of that sub type whose result says something else is a step like any other.
 */

import type { Fact } from "../model/commit.ts";
import {
  changedTags,
  isSameTags,
  refusedTags,
  type TagChanges,
  type TagRefusal,
  type Tags,
  TAGS_SUB_TYPE,
  tooManyTags,
} from "../model/tags.ts";
import type { OperationUpdate } from "../model/update.ts";
import type { MachineRejection } from "./command.ts";
import { invalid } from "./command.ts";
import type { ExecutionState } from "./state.ts";

/** Why these cannot be tags. */
export function checkTags(tags: unknown): MachineRejection | undefined {
  return rejection(refusedTags(tags));
}

/** Why an update cannot change the tags. `before` are the tags after the updates before it. */
export function checkTagUpdate(before: Tags | undefined, update: OperationUpdate): MachineRejection | undefined {
  const changes = changesOf(update.subType, update.payload);
  if (changes === undefined) return undefined;
  return rejection(refusedTags(changes, true) ?? tooManyTags(Object.keys(changedTags(before, changes))));
}

/** The tags that an update leads to; undefined if the update is about something else. */
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
  // A step that another machine recorded may go over the limits: then it changes no tags.
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

function rejection(refused: TagRefusal | undefined): MachineRejection | undefined {
  return refused && { ...refused, ...invalid(refused.message) };
}
