import { dueTimeOf, type Operation } from "perdure/engine";
import type { ExecutionView } from "./execution-view.ts";

/** Something that an execution cannot go on without. */
export interface Waiting {
  readonly operation: Operation;
  readonly kind: "time" | "retry" | "answer" | "function";
  /** When it is over at the latest, ms since the epoch; undefined for never. */
  readonly until?: number | undefined;
}

/** The steps that an execution runs, and the operations that it waits for. */
export interface Situation {
  /** Steps under way. */
  readonly running: readonly Operation[];
  /** The soonest first. */
  readonly waiting: readonly Waiting[];
}

/** The situation as of a commit, if a worker has the execution. */
export function situationAt(view: ExecutionView, seq: number): Situation {
  const open = view.unsettledAt(seq);
  const waiting = open.flatMap((operation) => waitingFor(operation) ?? []);
  return {
    running: open.filter(({ type, status }) => type === "STEP" && status !== "PENDING"),
    waiting: waiting.toSorted((a, b) => (a.until ?? Number.MAX_VALUE) - (b.until ?? Number.MAX_VALUE)),
  };
}

/** The wait of an operation; undefined for one that works or has its outcome. */
export function waitingFor(operation: Operation): Waiting | undefined {
  if (operation.endedAt !== undefined) return undefined;
  const kind = waitedFor[operation.type];
  if (kind === undefined || (kind === "retry" && operation.status !== "PENDING")) return undefined;
  return { operation, kind, until: dueTimeOf(operation) };
}

/** The kind of wait of each type of open operation; a step waits only between two attempts. */
const waitedFor: Readonly<Record<Operation["type"], Waiting["kind"] | undefined>> = {
  CONTEXT: undefined,
  STEP: "retry",
  WAIT: "time",
  CALLBACK: "answer",
  CHAINED_INVOKE: "function",
};
