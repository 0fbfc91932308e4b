/** The titles of operations, the same in every view. */

import type { Operation, OperationSubType } from "perdure/engine";

const kinds: Readonly<Record<OperationSubType | "Tags", string>> = {
  Step: "step",
  Wait: "wait",
  Callback: "callback",
  RunInChildContext: "child",
  Map: "map",
  MapIteration: "item",
  Parallel: "parallel",
  ParallelBranch: "branch",
  WaitForCallback: "wait for callback",
  WaitForCondition: "condition",
  ChainedInvoke: "invoke",
  Tags: "tags",
};
const kindNames: Readonly<Partial<Record<string, string>>> = kinds;

export function kindLabel({ type, subType }: Operation): string {
  return kindNames[subType ?? ""] ?? type.toLowerCase();
}

/**
 * The name that the code gave it. Without one: of the step that hands out a callback, and of the items of a map and the
 * branches of a parallel, what they are there; of an invoke the function; of all others the kind.
 */
export function titleOf(operation: Operation, parent: Operation | undefined): string {
  const { name } = operation;
  if (name !== undefined) return name;
  if (isSubmitter(operation, parent)) return "submitter";
  if (operation.type === "CHAINED_INVOKE") return functionIn(operation.functionName);
  const place = placeIn(operation, parent);
  return place === undefined ? kindLabel(operation) : `${kindLabel(operation)} ${place}`;
}

/** Its own name, or what it belongs to: the nearest context around it that has a name. */
export function nameWithin(
  operation: Operation,
  parentOf: (operation: Operation) => Operation | undefined,
): string | undefined {
  const parent = parentOf(operation);
  if (operation.name !== undefined || parent === undefined) return operation.name;
  const around = nameWithin(parent, parentOf);
  return around !== undefined && isSubmitter(operation, parent) ? `submitter of ${around}` : around;
}

/** The one step in a `waitForCallback`. */
function isSubmitter({ type }: Operation, parent: Operation | undefined): boolean {
  return type === "STEP" && parent?.subType === "WaitForCallback";
}

/** The function of an ARN, or what else it was called by. */
function functionIn(reference: string): string {
  return /:function:([^:]+)/.exec(reference)?.[1] ?? reference;
}

const BRANCHES: ReadonlySet<string | undefined> = new Set(["MapIteration", "ParallelBranch"]);

/** From 1, where its id says so: an SDK may hash its ids. */
function placeIn({ id, subType }: Operation, parent: Operation | undefined): string | undefined {
  if (parent === undefined || !BRANCHES.has(subType) || !id.startsWith(`${parent.id}-`)) return undefined;
  return /^\d{1,9}$/.exec(id.slice(parent.id.length + 1))?.[0];
}
