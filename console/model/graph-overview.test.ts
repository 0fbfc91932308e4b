import { encodeCommit, type Fact } from "perdure/engine";
import { expect, test } from "vitest";
import { viewOf } from "../views/model/execution-view.ts";
import { ExecutionGraph } from "./graph.ts";
import { type Drawing, layoutOf } from "./graph-layout.ts";
import { overviewOf, urgentBox } from "./graph-overview.ts";

/** Steps one after the other that end as the statuses say, no two alike. */
function drawn(...statuses: readonly string[]): Drawing {
  const started = { kind: "EXECUTION_STARTED", name: "x", incarnation: "c0ffee", functionName: "f", version: "1" };
  const steps = statuses.map((kind, at) => {
    const name = [...String(at)].map((digit) => "abcdefghij"[Number(digit)]).join("");
    return { kind, id: `${at + 1}`, type: "STEP", name, subType: "Step", ...(kind === "FAILED" && { error: {} }) };
  });
  const bodies = [{ ...started, retentionDays: 14 }, ...steps].map((fact, at) =>
    encodeCommit({ v: 2, writer: `w.${at}`, at, facts: [fact] as unknown as readonly Fact[] }),
  );
  const { roots, length } = viewOf(bodies);
  return layoutOf(new ExecutionGraph(roots).at({ seq: length, toggled: new Set() }));
}

const done = (count: number): readonly string[] => Array.from({ length: count }, () => "SUCCEEDED");
const ROOM = { width: 900, height: 600 };

test("what runs is looked at first, or else what failed last", () => {
  const urgent = (...statuses: readonly string[]) => urgentBox(drawn(...statuses).boxes)?.node.id;
  expect(urgent("SUCCEEDED", "FAILED", "STARTED")).toBe("3");
  expect(urgent("FAILED", "FAILED", "SUCCEEDED")).toBe("2");
  expect(urgent("SUCCEEDED", "SUCCEEDED")).toBeUndefined();
});

test("an overview of thousands of nodes is small, and tells by colours what became of them", () => {
  const drawing = drawn(...done(3_000), "FAILED", "STARTED");
  const { width, height, marks } = overviewOf(drawing.boxes, drawing, ROOM);
  expect([width <= 130, height <= 96]).toEqual([true, true]);
  expect(marks.good.split("M").length).toBeLessThan(300);
  expect([marks.bad.split("M").length, marks.open.split("M").length]).toEqual([2, 2]);
});

test("in a narrow room an overview takes no more than a fifth of it", () => {
  const drawing = drawn(...done(30));
  const { height } = overviewOf(drawing.boxes, drawing, { width: 340, height: 320 });
  expect(height).toBeLessThanOrEqual(64);
});
