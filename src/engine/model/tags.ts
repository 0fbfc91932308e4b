/** What people find executions by: up to ten short texts, each under a key. */

/** Tags by key. */
export type Tags = Readonly<Record<string, string>>;

/** What a handler changes about the tags of its execution: new values by key, and null for what is taken away. */
export type TagChanges = Readonly<Record<string, string | null>>;

/** The sub type of the steps that change tags: their result is what they change. */
export const TAGS_SUB_TYPE = "Tags";

/** The tags after a change. */
export function changedTags(before: Tags | undefined, changes: TagChanges): Tags {
  // A map keeps `__proto__` a key like any other.
  const tags = new Map(before === undefined ? [] : Object.entries(before));
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) tags.delete(key);
    else tags.set(key, value);
  }
  return Object.fromEntries(tags);
}

/** True if an execution with these tags has this one. */
export function hasTag(tags: Tags | undefined, key: string, value: string): boolean {
  return tags !== undefined && Object.hasOwn(tags, key) && tags[key] === value;
}

/** True if both have the same tags, in whatever order. */
export function isSameTags(a: Tags = {}, b: Tags = {}): boolean {
  const entries = Object.entries(a);
  return entries.length === Object.keys(b).length && entries.every(([key, value]) => hasTag(b, key, value));
}
