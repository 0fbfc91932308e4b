import { expect, test } from "vitest";
import type { ExecutionView } from "../views/model/execution-view.ts";
import { begun, context, ended, logged, step } from "./facts.ts";
import { ExecutionGraph, type GraphNode, type Scope } from "./graph.ts";
import { layoutOf } from "./graph-layout.ts";

function graphIn(view: ExecutionView, toggled: readonly string[] = [], seq = view.length): Scope {
  return new ExecutionGraph(view.roots).at({ seq, toggled: new Set(toggled) });
}

const links = ({ nodes, links: all }: Scope): readonly string[] => {
  const ids = (places: readonly number[]): string => places.map((place) => nodes[place]?.id).join();
  return all.map(({ from, to }) => `${ids(from)} > ${ids(to)}`);
};
const layers = ({ nodes }: Scope): readonly string[] => nodes.map(({ id, layer }) => `${id}:${layer}`);
const named = ({ nodes }: Scope, id: string): GraphNode | undefined => nodes.find((node) => node.id === id);

test("what began after another had its outcome follows it, and what was under way then is beside it", () => {
  const view = logged(
    [step("1", "a")],
    [begun("2", "b"), begun("3", "c")],
    [ended("2")],
    [ended("3")],
    [step("4", "d")],
  );
  expect(layers(graphIn(view))).toEqual(["1:0", "2:1", "3:1", "4:2"]);
  expect(links(graphIn(view))).toEqual(["1 > 2,3", "2,3 > 4"]);
});

test("an edge leads only from what nothing lies between", () => {
  const view = logged([begun("1", "long")], [step("2", "a")], [step("3", "b")], [ended("1")], [step("4", "end")]);
  expect(links(graphIn(view))).toEqual(["2 > 3", "3,1 > 4"]);
});

test("the graph of an earlier commit has what was there then", () => {
  const view = logged([step("1", "a")], [begun("2", "b")], [ended("2", "FAILED")]);
  expect(layers(graphIn(view, [], 2))).toEqual(["1:0"]);
  expect(named(graphIn(view, [], 3), "2")).toMatchObject({ operation: { status: "STARTED" } });
});

test("a context that ended in the commit in which the next operation began comes before it", () => {
  const view = logged([context("1", "child")], [step("1-1", "inner", "1")], [ended("1"), begun("2", "next")]);
  expect(links(graphIn(view))).toEqual(["1 > 2"]);
});

test("the branches of a map are beside each other, and of many alike there is one node with their counts", () => {
  const items = Array.from({ length: 12 }, (_, at) => [
    { ...context(`1-${at + 1}`, `item ${at}`, "MapIteration"), parentId: "1" },
    { kind: at === 3 ? "FAILED" : "SUCCEEDED", id: `1-${at + 1}`, ...(at === 3 && { error: { errorMessage: "no" } }) },
  ]);
  const view = logged([context("1", "map", "Map")], ...items);
  const map = named(graphIn(view), "1");
  const [group] = map?.kind === "operation" ? (map.inside?.nodes ?? []) : [];
  expect(group).toMatchObject({ kind: "group", counts: { all: 12, succeeded: 11, failed: 1, open: 0 } });
  const opened = named(graphIn(view, [group?.id ?? ""]), "1");
  expect(opened?.kind === "operation" && opened.inside?.nodes.map(({ layer }) => layer)).toEqual(Array(12).fill(0));
});

test("steps that are alike and follow on each other are one node, in the place of all", () => {
  const run = Array.from({ length: 20 }, (_, at) => [step(String(at + 2), `page ${at}`)]);
  const view = logged([step("1", "begin")], ...run, [step("22", "end")]);
  const graph = graphIn(view);
  expect(graph.nodes.map(({ kind, layer }) => `${kind}:${layer}`)).toEqual(["operation:0", "group:1", "operation:2"]);
  expect(links(graph)).toEqual(["1 > ~2", "~2 > 22"]);
});

test("of an opened group the failed and the open ones are shown first, the rest is a group again", () => {
  const facts = Array.from({ length: 500 }, (_, at) => begun(String(at + 1), `call ${at}`));
  const ends = Array.from({ length: 499 }, (_, at) => ended(String(at + 1), at === 400 ? "FAILED" : "SUCCEEDED"));
  const view = logged(facts, ends);
  const [group] = graphIn(view).nodes;
  const opened = graphIn(view, [group?.id ?? ""]).nodes;
  expect(opened).toHaveLength(61);
  expect(opened.map(({ id }) => id)).toEqual(expect.arrayContaining(["401", "500"]));
  expect(opened.at(-1)).toMatchObject({ kind: "group", counts: { all: 440, failed: 0, open: 0 } });
});

test("a context with much in it is folded, and opened when it is asked for", () => {
  const inner = Array.from({ length: 30 }, (_, at) => [
    step(`1-${at + 1}`, "abcdefghijklmnopqrstuvwxyzABCD"[at] ?? "", "1"),
  ]);
  const view = logged([context("1", "child")], ...inner);
  expect(named(graphIn(view), "1")).toMatchObject({ inside: undefined, counts: { all: 30 } });
  const opened = named(graphIn(view, ["1"]), "1");
  expect(opened?.kind === "operation" && opened.inside?.nodes).toHaveLength(30);
});

test("boxes do not overlap but for a context and what is in it, and a layer lies below the one before it", () => {
  const view = logged(
    [step("1", "a")],
    [context("2", "child"), begun("3", "beside")],
    [step("2-1", "x", "2")],
    [step("2-2", "y", "2"), ended("3")],
    [ended("2"), begun("4", "next")],
  );
  const { boxes, width, height } = layoutOf(graphIn(view));
  const inside = boxes.filter(({ node }) => node.id.startsWith("2-"));
  const outer = boxes.filter(({ node }) => !node.id.startsWith("2-"));
  for (const a of outer) {
    for (const b of outer) {
      const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      expect(a === b || apart).toBe(true);
    }
  }
  const child = boxes.find(({ node }) => node.id === "2")!;
  for (const box of inside) {
    expect(box.x >= child.x && box.y >= child.y).toBe(true);
    expect(box.x + box.width <= child.x + child.width && box.y + box.height <= child.y + child.height).toBe(true);
  }
  for (const { x, y, width: w, height: h } of boxes)
    expect(x >= 0 && y >= 0 && x + w <= width && y + h <= height).toBe(true);
});

/** A name of letters alone, since operations are alike whose names differ by numbers. */
const lettered = (at: number): string => [...String(at)].map((digit) => "abcdefghij"[Number(digit)]).join("");

/** Branches that are all under way at once, each of two steps with names of their own, the second as the first ends. */
function branches(count: number): ExecutionView {
  const each = Array.from({ length: count }, (_, at) => at);
  const second = (at: number): object => begun(String(count + at + 1), `second ${lettered(at)}`);
  return logged(
    each.map((at) => begun(String(at + 1), `first ${lettered(at)}`)),
    ...each.map((at) => [ended(String(at + 1)), ...(at === 0 ? [] : [second(at - 1)])]),
    [second(count - 1)],
  );
}

test.each([20, 2_500])("%i branches of two steps have no more lines than a few for each", (count) => {
  const graph = graphIn(branches(count));
  expect(graph.nodes).toHaveLength(2 * count);
  const { wires } = layoutOf(graph);
  expect(wires.length).toBeGreaterThanOrEqual(2 * count);
  expect(wires.length).toBeLessThanOrEqual(3 * count);
  expect(graph.first).toHaveLength(count);
  expect(graph.last).toHaveLength(count);
});

test("each of some branches follows what it followed before there were many", () => {
  expect(links(graphIn(branches(3)))).toEqual(["1 > 4", "1,2 > 5", "1,2,3 > 6"]);
});

test("ten thousand operations are ordered, folded and laid out with work that grows as they do", () => {
  const chain = Array.from({ length: 10_000 }, (_, at) => [step(String(at + 1), lettered(at))]);
  const graph = graphIn(logged(...chain));
  expect(graph.nodes).toHaveLength(10_000);
  expect(graph.links).toHaveLength(9_999);
  expect(layoutOf(graph).boxes).toHaveLength(10_000);
});
