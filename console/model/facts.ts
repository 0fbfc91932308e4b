/** Facts of the log in short, for the tests of what is made of executions. */

import { encodeCommit, type Fact } from "perdure/engine";
import { type ExecutionView, viewOf } from "../views/model/execution-view.ts";

/** The facts of one commit. */
export type Facts = readonly object[];

/** An execution of which each commit is a millisecond after the one before it. */
export function logged(...commits: readonly Facts[]): ExecutionView {
  const first = { name: "x", incarnation: "c0ffee", functionName: "f", version: "1", retentionDays: 14 };
  const all = [[{ kind: "EXECUTION_STARTED", ...first }], ...commits];
  return viewOf(
    all.map((facts, at) => encodeCommit({ v: 2, writer: `w.${at}`, at, facts: facts as unknown as readonly Fact[] })),
  );
}

/** A step that has succeeded. */
export function step(id: string, name: string, parentId?: string): object {
  return {
    ...{ kind: "SUCCEEDED", id, type: "STEP", name, subType: "Step" },
    ...(parentId !== undefined && { parentId }),
  };
}

/** A step that is under way. */
export function begun(id: string, name: string): object {
  return { ...step(id, name), kind: "STARTED" };
}

/** The end of an operation that has begun. */
export function ended(id: string, kind = "SUCCEEDED"): object {
  return { kind, id };
}

/** A context that has begun. */
export function context(id: string, name: string, subType = "RunInChildContext", parentId?: string): object {
  return { ...{ kind: "STARTED", id, type: "CONTEXT", name, subType }, ...(parentId !== undefined && { parentId }) };
}
