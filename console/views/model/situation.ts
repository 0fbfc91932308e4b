import { dueTimeOf, type Operation } from "perdure/engine";
import type { ExecutionView } from "./execution-view.ts";

/** Something that an execution cannot go on without. */
export interface Waiting {
  readonly operation: Operation;
  readonly kind: "time" | "retry" | "answer" | "function";
  /** When it is over at the latest, ms since the epoch; undefined for never. */
  readonly until?: number | undefined;
}

/** What an execution is busy with. */
export interface Situation {
  /** Steps under way. */
  readonly running: readonly Operation[];
  /** The soonest first. */
  readonly waiting: readonly Waiting[];
}

/** What goes on as of a commit, if a worker has the execution. */
export function situationAt(view: ExecutionView, seq: number): Situation {
  const open = view.unsettledAt(seq);
  const waiting = open.flatMap((operation) => waitingFor(operation) ?? []);
  return {
    running: open.filter(({ type, status }) => type === "STEP" && status !== "PENDING"),
    waiting: waiting.toSorted((a, b) => (a.until ?? Number.MAX_VALUE) - (b.until ?? Number.MAX_VALUE)),
  };
}

/** What an operation waits for; undefined for one that works or has its outcome. */
export function waitingFor(operation: Operation): Waiting | undefined {
  if (operation.endedAt !== undefined) return undefined;
  const kind = waitedFor[operation.type];
  if (kind === undefined || (kind === "retry" && operation.status !== "PENDING")) return undefined;
  return { operation, kind, until: dueTimeOf(operation) };
}

/** What open operations of each type wait for; a step does only between two attempts. */
const waitedFor: Readonly<Record<Operation["type"], Waiting["kind"] | undefined>> = {
  CONTEXT: undefined,
  STEP: "retry",
  WAIT: "time",
  CALLBACK: "answer",
  CHAINED_INVOKE: "function",
};
