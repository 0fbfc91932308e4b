import fc from "fast-check";
import { expect, test } from "vitest";
import { type ExecutionView, viewOf } from "../views/model/execution-view.ts";
import { begun, context, ended, logged, step } from "./facts.ts";
import { ExecutionGraph, type GraphNode, type Scope } from "./graph.ts";
import { type Box, layoutOf } from "./graph-layout.ts";
import { type Direction, GraphPath, pathText, stopOf } from "./graph-path.ts";
import { randomLog } from "./random-log.ts";

/** Goes through a graph, and tells each node by its name. */
class Walk {
  readonly path: GraphPath;
  readonly boxes: readonly Box[];

  constructor({ roots, length }: ExecutionView, toggled: readonly string[] = []) {
    const scope: Scope = new ExecutionGraph(roots).at({ seq: length, toggled: new Set(toggled) });
    this.boxes = layoutOf(scope).boxes;
    this.path = new GraphPath(this.boxes);
  }

  box(id: string): Box {
    return this.boxes.find(({ node }) => node.id === id) as Box;
  }

  to(id: string, direction: Direction): string | undefined {
    return this.path.next(this.box(id), direction)?.node.id;
  }

  /** From one on until it ends. */
  all(id: string, direction: Direction): readonly string[] {
    const next = this.to(id, direction);
    return next === undefined ? [] : [next, ...this.all(next, direction)];
  }

  text(id: string): string {
    return pathText(stopOf(this.box(id)));
  }
}

const diamond = logged(
  [step("1", "a")],
  [begun("2", "b"), begun("3", "c")],
  [ended("2"), ended("3")],
  [context("4", "pack")],
  [step("4-1", "fold", "4")],
  [step("4-2", "glue", "4")],
  [ended("4"), step("5", "send")],
);

test("the arrow keys go along the path, into contexts and out of them, and to what is beside", () => {
  const walk = new Walk(diamond);
  expect(walk.all("1", "down")).toEqual(["2", "4", "4-1", "4-2", "5"]);
  expect(walk.all("5", "up")).toEqual(["4-2", "4-1", "4", "2", "1"]);
  expect([walk.to("2", "right"), walk.to("3", "left"), walk.to("3", "right"), walk.to("1", "left")]).toEqual([
    ...["3", "2", undefined, undefined],
  ]);
});

test("what comes before a node and after it is told", () => {
  const walk = new Walk(diamond);
  expect(["1", "2", "4", "4-1", "4-2", "5"].map((id) => walk.text(id))).toEqual([
    "First; before b and c.",
    "After a; before pack.",
    "After b and c; before send.",
    "First in pack; before glue.",
    "After fold; last in pack.",
    "After pack; nothing follows.",
  ]);
  expect(stopOf(walk.box("4-2"))).toMatchObject({ level: 2, place: 2, count: 2 });
});

test("of many neighbours some are named, and the branches of a parallel are told to be beside each other", () => {
  const names = [..."bcdefgh"];
  const walk = new Walk(
    logged(
      [step("1", "a")],
      names.map((name, at) => begun(`${at + 2}`, name)),
      names.map((_, at) => ended(`${at + 2}`)),
      [context("9", "sides", "Parallel"), context("9-1", "left", "ParallelBranch", "9")],
      [context("9-2", "right", "ParallelBranch", "9")],
    ),
  );
  expect(walk.text("1")).toBe("First; before b, c, d, e and 3 more.");
  expect(walk.text("9")).toBe("After b, c, d, e and 3 more; nothing follows.");
  expect(walk.text("9-1")).toBe("One of 2 in sides.");
  expect(walk.all("9-1", "right")).toEqual(["9-2"]);
});

test("a wide layer is gone through row by row before the path goes on", () => {
  const names = [..."abcdefghijklmn"];
  const walk = new Walk(
    logged(
      names.map((name, at) => begun(`${at + 1}`, name)),
      names.map((_, at) => ended(`${at + 1}`)),
      [step("15", "end")],
    ),
  );
  expect(walk.all("1", "right")).toEqual(names.map((_, at) => `${at + 1}`).slice(1));
  const down = walk.all("1", "down");
  expect([down.length, down.at(-1)]).toEqual([3, "15"]);
});

/** True if lines lead from one node of a scope to another, over any number of links. */
function comesBefore({ links }: Scope, from: number, to: number): boolean {
  const meets = (link: number): boolean => {
    const { from: own = [], behind } = links[link] ?? {};
    return own.includes(from) || (behind !== undefined && meets(behind));
  };
  return links.some((each, link) => each.to.includes(to) && meets(link));
}

test("beyond points where lines meet, neighbours are all that ended before and all that began after", () => {
  const letters = [..."abcdefghijklmnopqrstuvwxyz"];
  const ids = (from: number, to: number): readonly string[] =>
    Array.from({ length: to - from }, (_, at) => String(from + at + 1));
  const walk = new Walk(
    logged(
      letters.map((letter, at) => begun(`${at + 1}`, `first ${letter}`)),
      ...letters.flatMap((letter, at) => [
        [ended(`${at + 1}`)],
        [begun(`${letters.length + at + 1}`, `second ${letter}`)],
      ]),
    ),
  );
  const told = (nodes: readonly GraphNode[]): readonly string[] =>
    nodes.map(({ id }) => id).toSorted((one, other) => Number(one) - Number(other));
  letters.forEach((_, at) => {
    expect(told(stopOf(walk.box(`${letters.length + at + 1}`)).before.nodes)).toEqual(ids(0, at + 1));
    expect(told(stopOf(walk.box(`${at + 1}`)).after.nodes)).toEqual(ids(letters.length + at, 2 * letters.length));
  });
});

const DIRECTIONS = ["down", "up", "left", "right"] as const;

/** The number of boxes to which the arrow keys lead from the first one. */
function reached(path: GraphPath, boxes: readonly Box[]): number {
  const found = new Set(boxes.slice(0, 1));
  for (const box of found) {
    for (const direction of DIRECTIONS) {
      const next = path.next(box, direction);
      if (next !== undefined) found.add(next);
    }
  }
  return found.size;
}

function scopesIn(scope: Scope): readonly Scope[] {
  const inner = (node: GraphNode): readonly Scope[] =>
    node.kind === "operation" && node.inside !== undefined ? scopesIn(node.inside) : [];
  return [scope, ...scope.nodes.flatMap(inner)];
}

test("whatever an execution does: neighbours are those of the lines, every box is reached by the arrow keys, and none leads round in a circle", () => {
  const commits = fc.array(fc.array(fc.nat(1_000), { maxLength: 6 }), { maxLength: 40 });
  fc.assert(
    fc.property(commits, (choices) => {
      const view = viewOf(randomLog(choices));
      const root = new ExecutionGraph(view.roots).at({ seq: view.length, toggled: new Set() });
      const { boxes } = layoutOf(root);
      const path = new GraphPath(boxes);
      for (const scope of scopesIn(root)) {
        scope.nodes.forEach((node, at) => {
          const { before, after } = stopOf(boxes.find((each) => each.node === node) as Box);
          const ids = (isWanted: (other: number) => boolean): readonly string[] =>
            scope.nodes.flatMap(({ id }, other) => (other !== at && isWanted(other) ? [id] : [])).toSorted();
          const told = (nodes: readonly GraphNode[]): readonly string[] => nodes.map(({ id }) => id).toSorted();
          expect(told(before.nodes)).toEqual(ids((other) => comesBefore(scope, other, at)));
          expect(told(after.nodes)).toEqual(ids((other) => comesBefore(scope, at, other)));
        });
      }
      expect(reached(path, boxes)).toBe(boxes.length);
      // Nobody goes round in a circle, whichever way he goes.
      for (const direction of DIRECTIONS) {
        for (const box of boxes) {
          let at: Box | undefined = box;
          for (let steps = 0; at !== undefined; steps++) {
            expect(steps).toBeLessThanOrEqual(boxes.length);
            at = path.next(at, direction);
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});
