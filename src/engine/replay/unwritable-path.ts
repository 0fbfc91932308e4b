/** How many members are looked at, at most: a longer search is not worth the time. */
const MOST_MEMBERS = 10_000;

/**
 * Where JSON stumbles over a value: the path to the first member that throws when it is read or asks to be written in a
 * way of its own, and if `ofAnyKind` also to the first BigInt, or to the member that closes a circle. Such as
 * `value.items[2].price`; undefined if there is none.
 */
export function unwritablePath(value: unknown, ofAnyKind: boolean): string | undefined {
  return new Search(ofAnyKind).find(value, "value", "");
}

class Search {
  readonly #around = new Set<object>();
  readonly #ofAnyKind: boolean;
  #left = MOST_MEMBERS;

  constructor(ofAnyKind: boolean) {
    this.#ofAnyKind = ofAnyKind;
  }

  find(given: unknown, path: string, key: string): string | undefined {
    if (this.#left-- <= 0) return undefined;
    const value = asWritten(given, key);
    if (value === UNREADABLE) return path;
    if (typeof value === "bigint") return this.#ofAnyKind ? path : undefined;
    if (typeof value !== "object" || value === null) return undefined;
    if (this.#around.has(value)) return this.#ofAnyKind ? path : undefined;
    this.#around.add(value);
    const found = this.#findWithin(value, path);
    this.#around.delete(value);
    return found;
  }

  #findWithin(holder: object, path: string): string | undefined {
    const isList = Array.isArray(holder);
    for (const key of Object.keys(holder)) {
      const inner = isList ? `${path}[${key}]` : `${path}${member(key)}`;
      const found = this.find(readMember(holder, key), inner, key);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

const UNREADABLE: unique symbol = Symbol("unreadable");

function readMember(holder: object, key: string): unknown {
  try {
    return (holder as Readonly<Record<string, unknown>>)[key];
  } catch {
    return UNREADABLE;
  }
}

/** The value that JSON writes in place of one that has a `toJSON`. */
function asWritten(value: unknown, key: string): unknown {
  if (value === null || (typeof value !== "object" && typeof value !== "bigint")) return value;
  try {
    const { toJSON } = value as { readonly toJSON?: unknown };
    return typeof toJSON === "function" ? (toJSON.call(value, key) as unknown) : value;
  } catch {
    return UNREADABLE;
  }
}

function member(key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
