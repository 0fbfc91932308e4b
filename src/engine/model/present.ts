/** Without the members that are undefined: what may be undefined may be missing. */
export type Present<T> = { [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key] } & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
};

/** Leaves out what is undefined. Not for members whose names come from outside. */
export function present<const T extends object>(members: T): Present<T> {
  const kept: Partial<T> = {};
  for (const key in members) {
    const value = members[key];
    if (value !== undefined) kept[key] = value;
  }
  return kept as unknown as Present<T>;
}
