import type { AnySerdes } from "./types.ts";

const TAG = "$perdure";
/** Keys that look like the tag have one more `$` where they are stored. */
const LIKE_TAG = /^\$+perdure$/;

type Members = Readonly<Record<string, unknown>>;

/**
 * JSON that keeps every Map, Set, Date and BigInt in a value, however deep. Everything else is as JSON has it. No export
 * of AWS's SDK.
 *
 * @example
 * ```ts
 * const prices = await context.step("prices", async () => new Map([["book", 12n]]), { serdes: collectionSerdes });
 * ```
 */
export const collectionSerdes: AnySerdes = {
  serialize: async (value: unknown) => (value === undefined ? undefined : JSON.stringify(value, replace)),
  deserialize: async (data) => (data === undefined ? undefined : (JSON.parse(data, revive) as unknown)),
};

function replace(this: Members, key: string, written: unknown): unknown {
  // A date has become text by the time it is asked for.
  const value = this[key];
  if (value instanceof Map) return { [TAG]: "Map", of: [...value] };
  if (value instanceof Set) return { [TAG]: "Set", of: [...value] };
  if (value instanceof Date) return { [TAG]: "Date", of: written };
  if (typeof value === "bigint") return { [TAG]: "BigInt", of: value.toString() };
  return renamed(written, (name) => `$${name}`);
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, TAG)) {
    return renamed(value, (name) => name.slice(1));
  }
  const { [TAG]: kind, of } = value as Members;
  switch (kind) {
    case "Map":
      return new Map(of as [unknown, unknown][]);
    case "Set":
      return new Set(of as unknown[]);
    case "Date":
      return new Date((of ?? Number.NaN) as string);
    case "BigInt":
      return BigInt(of as string);
    default:
      return value;
  }
}

/** A copy with the keys that look like the tag changed; the value itself if it has none. */
function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if (!Object.keys(value).some((name) => LIKE_TAG.test(name))) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [LIKE_TAG.test(name) ? rename(name) : name, member]),
  );
}
