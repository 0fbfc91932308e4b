/** Texts by which people find executions: up to ten short ones, each under a key. */

/** Tags by key. */
export type Tags = Readonly<Record<string, string>>;

/** A handler's changes to the tags of its execution: new values by key, and null for tags to take away. */
export type TagChanges = Readonly<Record<string, string | null>>;

/** The sub type of the steps that change tags: their result holds the changes. */
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

/** How many tags an execution has at the most, and how long they are. */
const LIMITS = { tags: 10, keyCharacters: 64, valueCharacters: 256 } as const;
const KEY = /^[\w.:/@+-]+$/;
/** A control character, or half of a character. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** Why a value cannot be tags: the reason, for people, and where a limit is exceeded, the size and the limit. */
export interface TagRefusal {
  readonly message: string;
  readonly size?: number;
  readonly limit?: number;
}

/** Why these cannot be tags, or changes of tags where null is taken for a value; undefined if they can. */
export function refusedTags(tags: unknown, takesNull = false): TagRefusal | undefined {
  if (typeof tags !== "object" || tags === null || Array.isArray(tags))
    return { message: 'Tags must be an object of texts, such as { customer: "c-7" }.' };
  const entries: readonly [string, unknown][] = Object.entries(tags);
  for (const [key, value] of entries) {
    const refused = refusedKey(key) ?? (value === null && takesNull ? undefined : refusedValue(key, value));
    if (refused !== undefined) return refused;
  }
  return tooManyTags(entries.filter(([, value]) => value !== null).map(([key]) => key));
}

function refusedKey(key: string): TagRefusal | undefined {
  if (key === "") return { message: "The key of a tag must not be empty." };
  const limit = LIMITS.keyCharacters;
  if (key.length > limit) return tooLong("The key of a tag", key.length, limit);
  return KEY.test(key) ? undefined : { message: "The key of a tag may only have letters, digits and _ . : / @ + -." };
}

function refusedValue(key: string, value: unknown): TagRefusal | undefined {
  const what = `The value of tag "${key}"`;
  if (typeof value !== "string") return { message: `${what} must be text.` };
  const limit = LIMITS.valueCharacters;
  if (value.length > limit) return tooLong(what, value.length, limit);
  return UNPRINTABLE.test(value) ? { message: `${what} has a character that is none.` } : undefined;
}

function tooLong(what: string, size: number, limit: number): TagRefusal {
  return { message: `${what} has ${size} characters; the limit is ${limit}.`, size, limit };
}

/** Why an execution cannot have tags with all of these keys. */
export function tooManyTags(keys: readonly string[]): TagRefusal | undefined {
  const size = keys.length;
  const limit = LIMITS.tags;
  if (size <= limit) return undefined;
  const message = `Tag "${keys[limit]}" would be one of ${size} tags of the execution; the limit is ${limit}.`;
  return { message, size, limit };
}
