/** AWS's serdes. They are asynchronous as AWS's are; the engine's own default answers at once. */

import type { AnySerdes, Serdes } from "./types.ts";

/** JSON. `undefined` is stored as no text. */
export const defaultSerdes: AnySerdes = {
  serialize: async (value) => stringify(value),
  deserialize: async (data) => (data === undefined ? undefined : (JSON.parse(data) as unknown)),
};

/** JSON that comes back as an instance of `cls`, which is constructed without arguments. */
export function createClassSerdes<T extends object>(cls: new () => T): Serdes<T> {
  return createClassSerdesWithDates(cls, []);
}

/** The same, with the named properties as dates. A property of a property is named by its path, as in `order.placedAt`. */
export function createClassSerdesWithDates<T extends object>(cls: new () => T, dateProps: string[]): Serdes<T> {
  return {
    serialize: async (value) => stringify(value),
    deserialize: async (data) => {
      if (data === undefined) return undefined;
      const instance = new cls();
      assign(instance, JSON.parse(data));
      for (const path of dateProps) restoreDate(instance, path.split("."));
      return instance;
    },
  };
}

function stringify(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

/** Not `Object.assign`, which would let stored text choose the instance's prototype. */
function assign(instance: object, stored: unknown): void {
  for (const [key, value] of Object.entries(stored ?? {})) {
    if (key !== "__proto__") (instance as Record<string, unknown>)[key] = value;
  }
}

function restoreDate(holder: unknown, [key = "", ...rest]: string[]): void {
  if (typeof holder !== "object" || holder === null) return;
  const properties = holder as Record<string, unknown>;
  const value = properties[key];
  if (rest.length > 0) restoreDate(value, rest);
  else if (value) properties[key] = new Date(value as string);
}
