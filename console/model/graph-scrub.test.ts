import fc from "fast-check";
import { expect, test } from "vitest";
import { viewOf } from "../views/model/execution-view.ts";
import { ExecutionGraph, type GraphNode, type Scope } from "./graph.ts";
import { layoutOf } from "./graph-layout.ts";
import { directJoins, type Joins, sharedJoins } from "./joins.ts";
import { type Item, Siblings } from "./order.ts";
import { randomLog } from "./random-log.ts";

const choices = fc.array(fc.nat(4_095), { minLength: 2, maxLength: 7 });
const logs = fc.array(choices, { minLength: 1, maxLength: 40 }).map(randomLog);
/** The part of the log that is looked at, and a context that is opened or folded before, if any. */
const looks = fc.array(fc.record({ part: fc.nat(1_000), toggles: fc.option(fc.nat(1_000)) }), {
  minLength: 1,
  maxLength: 12,
});

/** The drawn part of a scope, without the tracks' facts of later commits. */
function drawnOf({ nodes, links, first, last }: Scope): unknown {
  return { nodes: nodes.map(nodeOf), links, first, last };
}

function nodeOf(node: GraphNode): unknown {
  const { id, kind, layer, counts } = node;
  if (node.kind === "group") return { id, kind, layer, counts, items: node.items.map(({ operation }) => operation) };
  const { operation, inside } = node;
  return { id, kind, layer, counts, operation, inside: inside === undefined ? undefined : drawnOf(inside) };
}

function idsIn({ nodes }: Scope): readonly string[] {
  return nodes.flatMap((node) => [
    node.id,
    ...(node.kind === "operation" && node.inside !== undefined ? idsIn(node.inside) : []),
  ]);
}

test("a graph that is asked for as of one commit after another is what the log up to there makes anew", () => {
  fc.assert(
    fc.property(logs, looks, (bodies, all) => {
      const graph = new ExecutionGraph(viewOf(bodies).roots);
      let toggled: ReadonlySet<string> = new Set();
      for (const { part, toggles } of all) {
        const seq = 1 + (part % bodies.length);
        const ids = idsIn(graph.at({ seq, toggled }));
        if (toggles !== null && ids.length > 0) toggled = new Set([...toggled, ids[toggles % ids.length] ?? ""]);
        const anew = new ExecutionGraph(viewOf(bodies.slice(0, seq)).roots).at({ seq, toggled });
        expect(drawnOf(graph.at({ seq, toggled }))).toEqual(drawnOf(anew));
        const { boxes, wires, width, height } = layoutOf(graph.at({ seq, toggled }));
        const other = layoutOf(anew);
        expect([boxes.length, wires, width, height]).toEqual([
          other.boxes.length,
          other.wires,
          other.width,
          other.height,
        ]);
      }
    }),
    { numRuns: 100 },
  );
});

test("what is not changed between two commits is not made anew", () => {
  const begun = [8 * 4 + 5, 8 * 4 + 6];
  const bodies = randomLog([[1, 7], ...Array.from({ length: 20 }, () => [1, ...begun])]);
  const graph = new ExecutionGraph(viewOf(bodies).roots);
  const toggled = new Set<string>();
  const scope = graph.at({ seq: 2, toggled });
  expect(graph.at({ seq: 2, toggled })).toBe(scope);
  expect(layoutOf(graph.at({ seq: 2, toggled }))).toBe(layoutOf(scope));
  expect(graph.at({ seq: 2, toggled: new Set() })).not.toBe(scope);
});

type Moment = Item["start"];

const isBefore = (a: Moment | undefined, b: Moment): boolean =>
  a !== undefined && (a.at < b.at || (a.at === b.at && a.seq < b.seq));

test("an operation follows those that had ended before it began and that no other one lies behind", () => {
  fc.assert(
    fc.property(logs, fc.nat(1_000), (bodies, part) => {
      const { items, layers, waves, ended } = new Siblings(viewOf(bodies).roots).orderAt(1 + (part % bodies.length));
      const before = items.map(({ start }) => items.flatMap(({ end }, place) => (isBefore(end, start) ? [place] : [])));
      const follows = before.map((all) =>
        all.filter((place) => !all.some((other) => isBefore(items[place]?.end, items[other]!.start))),
      );
      const told = waves.flatMap(({ first, next, from, to }) =>
        Array.from({ length: next - first }, () => ended.slice(from, to).toSorted((a, b) => a - b)),
      );
      expect(told).toEqual(follows);
      const known = new Map<number, number>();
      const layerOf = (place: number): number => {
        if (!known.has(place)) known.set(place, 1 + Math.max(-1, ...before[place]!.map(layerOf)));
        return known.get(place)!;
      };
      expect(layers).toEqual(items.map((_, place) => layerOf(place)));
    }),
    { numRuns: 100 },
  );
});

/**
 * The pairs of nodes of which one comes before the other, at any distance: the lines say the same however few there
 * are.
 */
function pairsOf({ links }: Joins, count: number): readonly (readonly number[])[] {
  const before: Set<number>[] = Array.from({ length: count }, () => new Set());
  const told: (readonly number[])[] = [];
  for (const { from, to, behind } of links) {
    const own = [...from, ...(behind === undefined ? [] : told[behind]!)];
    told.push(own);
    for (const each of to) for (const one of own) for (const node of [one, ...before[one]!]) before[each]!.add(node);
  }
  return before.map((all) => [...all].sort((a, b) => a - b));
}

test("links that lead on from one another say the same as one from each to each", () => {
  fc.assert(
    fc.property(logs, fc.nat(1_000), (bodies, part) => {
      const order = new Siblings(viewOf(bodies).roots).orderAt(1 + (part % bodies.length));
      const members = order.items.map((_, place) => ({ name: undefined, places: [place] }));
      const [direct, shared] = [directJoins(order, members), sharedJoins(order, members)];
      expect(pairsOf(shared, members.length)).toEqual(pairsOf(direct, members.length));
      expect([shared.first, shared.last]).toEqual([direct.first, direct.last]);
    }),
    { numRuns: 200 },
  );
});
