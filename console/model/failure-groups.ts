import type { Failure } from "../../src/lambda-compat/do-to-many.ts";

/** Those to which something could not be done for one reason. */
export interface FailureGroup<Item> {
  readonly reason: string;
  readonly items: readonly Item[];
}

/** The failures of many by their reason, the most frequent first. `explain` is the reason of one in words. */
export function failureGroups<Item>(
  failures: readonly Failure<Item>[],
  explain: (error: unknown, item: Item) => string,
): readonly FailureGroup<Item>[] {
  const byReason = new Map<string, Item[]>();
  for (const { item, error } of failures) {
    const reason = explain(error, item);
    const items = byReason.get(reason);
    if (items === undefined) byReason.set(reason, [item]);
    else items.push(item);
  }
  const groups = Array.from(byReason, ([reason, items]) => ({ reason, items }));
  return groups.toSorted((a, b) => b.items.length - a.items.length);
}
