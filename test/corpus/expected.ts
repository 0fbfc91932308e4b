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

const differences: readonly Difference[] = [
  { homes: sdkOfAws, workflow: "races", reason: FAILURES_LATER, log: (log) => exchanged(log, "7", "8") },
  { homes: sdkOfAws, workflow: "combinators", reason: FAILURES_LATER, log: (log) => exchanged(log, "7", "8") },
  {
    homes: sdkOfAws,
    workflow: "graph",
    reason: "AWS's SDK hands results over in another order on replay: docs/promises-are-your-graph.md",
    log: (log) => ({ ...log, status: "FAILED", result: null, error: WRONG_NAME }),
  },
];

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
