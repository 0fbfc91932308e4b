/**
 * The positions behind the ids of the wire. An id is the hash of a position, and a position is the path of counters from
 * the root, so what is under a known context is found by counting. An operation in a context that is not recorded (an
 * iteration of a flat map) lies one level deeper than its parent says.
 */

import type { Commit, Fact } from "../engine/model/commit.ts";
import { wireId } from "../lambda-compat/wire-id.ts";

interface Place {
  readonly id: string;
  readonly parentId: string | undefined;
}

const POSITION = /^\d{1,9}(-\d{1,9})*$/;
/** The number of positions that are tried beyond the number of operations: some calls leave no record. */
const SLACK = 100;

/** The same commits with positions for ids. */
export function withPositions(commits: readonly Commit[]): readonly Commit[] {
  const positions = positionsOf(commits.flatMap(({ facts }) => facts.flatMap(placesOf)));
  return commits.map((commit) => ({ ...commit, facts: commit.facts.map((fact) => renamed(fact, positions)) }));
}

/** Of a fact that holds what another log recorded, those of that. */
function placesOf(fact: Fact): Place[] {
  if (fact.kind !== "COPIED" && fact.kind !== "REWOUND") return placeOf(fact);
  return fact.commits.flatMap(({ facts }) => facts.flatMap(placeOf));
}

function placeOf(fact: Fact): Place[] {
  if (!("id" in fact) || !("type" in fact) || fact.type === undefined || POSITION.test(fact.id)) return [];
  return [{ id: fact.id, parentId: fact.parentId }];
}

function positionsOf(places: readonly Place[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const wanted = new Map<string | undefined, Set<string>>();
  for (const { id, parentId } of places) wanted.set(parentId, (wanted.get(parentId) ?? new Set()).add(id));
  const open: { readonly parentId: string | undefined; readonly prefix: string }[] = [
    { parentId: undefined, prefix: "" },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const children = wanted.get(next.parentId);
    if (children === undefined) continue;
    for (const position of candidates(next.prefix, children.size + SLACK)) {
      const id = wireId(position);
      if (!children.delete(id)) continue;
      found.set(id, position);
      open.push({ parentId: id, prefix: `${position}-` });
      if (children.size === 0) break;
    }
  }
  return found;
}

/** The positions right under a context, and then those one level deeper. */
function* candidates(prefix: string, reach: number): Generator<string> {
  for (let count = 1; count <= reach; count++) yield `${prefix}${count}`;
  for (let count = 1; count <= reach; count++) {
    for (let inner = 1; inner <= reach; inner++) yield `${prefix}${count}-${inner}`;
  }
}

function renamed(fact: Fact, positions: ReadonlyMap<string, string>): Fact {
  if (fact.kind === "COPIED" || fact.kind === "REWOUND") {
    const commits = fact.commits.map((copied) => ({
      ...copied,
      facts: copied.facts.map((each) => renamed(each, positions)),
    }));
    return { ...fact, commits };
  }
  if (!("id" in fact)) return fact;
  const id = positions.get(fact.id) ?? fact.id;
  if (!("parentId" in fact) || fact.parentId === undefined) return { ...fact, id };
  return { ...fact, id, parentId: positions.get(fact.parentId) ?? fact.parentId };
}
