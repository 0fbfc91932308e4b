import { encodeCommit, type Fact } from "perdure/engine";
import { expect, test } from "vitest";
import { viewOf } from "./execution-view.ts";
import { around, outlineOf, refolded } from "./outline.ts";

const view = viewOf(
  [
    [started(), { kind: "STARTED", id: "1", type: "CONTEXT", name: "a", subType: "RunInChildContext" }],
    [{ kind: "SUCCEEDED", id: "1-1", parentId: "1", type: "STEP", name: "b", subType: "Step" }],
    [{ kind: "SUCCEEDED", id: "2", type: "STEP", name: "c", subType: "Step" }],
  ].map((facts, index) => encodeCommit({ v: 2, writer: `w.${index}`, at: index, facts: facts as Fact[] })),
);

function started(): Fact {
  return {
    kind: "EXECUTION_STARTED",
    ...{ name: "x", incarnation: "c0ffee", functionName: "f", version: "1", retentionDays: 14 },
  };
}

const idsAt = (folded: ReadonlySet<string>, seq: number): readonly string[] =>
  outlineOf(view.tracks, folded, seq).map(({ id }) => id);

test("shows parents before what is in them, as of a commit", () => {
  expect(idsAt(new Set(), 3)).toEqual(["1", "1-1", "2"]);
  expect(idsAt(new Set(), 1)).toEqual(["1"]);
});

test("leaves out what is in a folded one, and brings it back", () => {
  const folded = refolded(new Set(), "1");
  expect(idsAt(folded, 3)).toEqual(["1", "2"]);
  expect(idsAt(refolded(folded, "1"), 3)).toEqual(["1", "1-1", "2"]);
});

test("knows the operations around one, from the outermost", () => {
  expect(around(view.track("1-1")!, (id) => view.track(id)).map(({ id }) => id)).toEqual(["1"]);
});
