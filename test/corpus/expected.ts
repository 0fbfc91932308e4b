/** Where a home's logs differ from those that are recorded, by decision or by nature: data with a reason. */

import type { CanonicalLog } from "./canonical.ts";

export type Home =
  | "memory"
  | "workerd"
  | "Chromium"
  | "Lambda and DynamoDB"
  | "native Lambda"
  | "AWS's SDK, hosted"
  | "AWS's SDK, native";

interface Difference {
  readonly homes: readonly Home[];
  readonly workflow: string;
  readonly reason: string;
  /** What is there instead. */
  readonly log: (log: CanonicalLog) => CanonicalLog;
}

/**
 * perdure records the end of a context with what comes next, and says after which result it came about. Neither the
 * Lambda API nor AWS's SDK knows of that: there an end takes the place of its record.
 */
const knowOfNoEarlyEnds: readonly Home[] = ["native Lambda", "AWS's SDK, hosted", "AWS's SDK, native"];

const sdkOfAws: readonly Home[] = ["AWS's SDK, hosted", "AWS's SDK, native"];

const FAILURES_LATER = "AWS's SDK records a failure some turns after a success that came about beside it";

const WRONG_NAME =
  "NonDeterministicExecutionError | [Unrecoverable Execution] Non-deterministic execution detected: Operation name " +
  'mismatch for step "3". Expected name "D", but got "C". This indicates non-deterministic control flow in your ' +
  "workflow code. | nothing";

const NO_CONTEXT =
  'Error | Context usage error in "step": You are using a parent or sibling context instead of the current child ' +
  'context. Expected context ID: "1-1", but got: "undefined". When inside runInChildContext(), you must use the child ' +
  "context parameter, not the parent context. | nothing";

const differences: readonly Difference[] = [
  { homes: sdkOfAws, workflow: "races", reason: FAILURES_LATER, log: (log) => exchanged(log, "7", "8") },
  { homes: sdkOfAws, workflow: "combinators", reason: FAILURES_LATER, log: (log) => exchanged(log, "7", "8") },
  {
    homes: sdkOfAws,
    workflow: "graph",
    reason: "AWS's SDK hands results over in another order on replay: docs/promises-are-your-graph.md",
    log: (log) => ({ ...log, status: "FAILED", result: null, error: WRONG_NAME }),
  },
  {
    homes: sdkOfAws,
    workflow: "quotePrice",
    reason: "AWS's SDK refuses a branch that takes no context and calls the one around it",
    log: failedInBranches,
  },
];

/** The batch and its branches have begun, and nothing else is recorded. */
function failedInBranches(log: CanonicalLog): CanonicalLog {
  const begun = log.operations.filter((operation) => operation.includes("Parallel"));
  const operations = begun.map((operation) => operation.replace(/SUCCEEDED.*/, "STARTED"));
  return { status: "FAILED", result: null, error: NO_CONTEXT, operations, deliveries: [] };
}

/** Two results that reached user code one after the other, in the other order. */
function exchanged(log: CanonicalLog, first: string, second: string): CanonicalLog {
  const other = new Map([
    [first, second],
    [second, first],
  ]);
  return { ...log, deliveries: log.deliveries.map((what) => other.get(what) ?? what) };
}

/** What of a log is the same on a home by nature. */
export function comparable(home: Home, log: CanonicalLog): CanonicalLog {
  if (!knowOfNoEarlyEnds.includes(home)) return log;
  return { ...log, deliveries: log.deliveries.filter((what) => !what.startsWith("end of ")) };
}

export function expectedLog(home: Home, workflow: string, log: CanonicalLog): CanonicalLog {
  const declared = differences.filter(({ homes, workflow: of }) => homes.includes(home) && of === workflow);
  return declared.reduce((changed, { log: change }) => change(changed), comparable(home, log));
}
