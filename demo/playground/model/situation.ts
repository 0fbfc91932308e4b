import type { Operation } from "perdure/engine";
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
  switch (operation.type) {
    case "WAIT":
      return { operation, kind: "time", until: operation.dueAt };
    case "STEP":
      return operation.status === "PENDING" ? { operation, kind: "retry", until: operation.nextAttemptAt } : undefined;
    case "CALLBACK":
      return { operation, kind: "answer", until: earlier(operation.timeoutAt, operation.heartbeatAt) };
    case "CHAINED_INVOKE":
      return { operation, kind: "function" };
    case "CONTEXT":
      return undefined;
  }
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}
