/** Without the members that are undefined: what may be undefined may be missing. */
export type Present<T> = { [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key] } & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
};

/** Leaves out what is undefined. Not for members whose names come from outside. */
export function present<const T extends object>(members: T): Present<T> {
  return givePresent<Partial<T>>({}, members) as unknown as Present<T>;
}

/** Gives an object those members that are not undefined, without an object in between. */
export function givePresent<T extends object>(target: T, members: { readonly [Key in keyof T]?: unknown }): T {
  for (const key in members) if (members[key] !== undefined) target[key] = members[key] as T[typeof key];
  return target;
}
