/** The rows of a list that somebody points at: what is under the pointer stays there, whatever comes to be above it. */

export interface HeldRows<T> {
  readonly rows: readonly T[];
  /** The number of rows that are not shown, since they would move the others. */
  readonly withheld: number;
}

/**
 * The rows that are shown, as they are now and in their places, with what follows on the last of them. One that is there
 * no more keeps its place, too; once none of them is there, the list is another one.
 */
export function heldRows<T>(shown: readonly T[], items: readonly T[], keyOf: (item: T) => string): HeldRows<T> {
  const present = new Map(items.map((item) => [keyOf(item), item]));
  const keys = new Set(shown.map(keyOf));
  const last = items.findLastIndex((item) => keys.has(keyOf(item)));
  if (last < 0) return { rows: items, withheld: 0 };
  const rows = [...shown.map((item) => present.get(keyOf(item)) ?? item), ...items.slice(last + 1)];
  const withheld = items.slice(0, last).reduce((count, item) => (keys.has(keyOf(item)) ? count : count + 1), 0);
  return { rows, withheld };
}
