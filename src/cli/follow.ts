/** Watches an execution until it has ended or waits for a repair; patient while nobody answers for a moment. */

import type { Api } from "./api/api.ts";
import type { ExecutionDetails, HistoryEvent } from "./api/operations.ts";
import { describe, eventsAfter } from "./executions.ts";
import { CommandError, ExitCode } from "./failures.ts";
import type { Terminal } from "./terminal.ts";
import { clockTime } from "./texts.ts";

export interface FollowOptions {
  readonly terminal: Terminal;
  readonly onEvent: (event: HistoryEvent) => void;
}

/** The pauses between two requests, in ms: the newer the last event, the shorter the pause. */
const SHORTEST_MS = 150;
const LONGEST_MS = 2000;
/** The longest time without an answer, in ms. */
const PATIENCE_MS = 60_000;

export async function follow(api: Api, arn: string, { terminal, onEvent }: FollowOptions): Promise<ExecutionDetails> {
  let last = 0;
  let pause = SHORTEST_MS;
  let faults = 0;
  for (;;) {
    const details = await patiently(terminal, () => describe(api, arn));
    // Read after the status: what led to an end is there when the end is.
    const events = await patiently(terminal, () => eventsAfter(api, arn, last));
    for (const event of events) onEvent(event);
    last = events.at(-1)?.EventId ?? last;
    if (details.Status !== "RUNNING" || details.Halt !== undefined) return details;
    const { Count = 0, RetryTimestamp = 0 } = details.Fault ?? {};
    if (Count > faults) terminal.note(faultLine(details, RetryTimestamp));
    faults = Count;
    pause = events.length > 0 ? SHORTEST_MS : Math.min(pause * 1.5, LONGEST_MS);
    await new Promise((next) => setTimeout(next, pause));
  }
}

function faultLine({ Error: error }: ExecutionDetails, retry: number | Date): string {
  return `  ... the invocation broke, and is tried again at ${clockTime(retry)}: ${error?.ErrorMessage ?? "no reason given"}`;
}

async function patiently<T>(terminal: Terminal, task: () => Promise<T>): Promise<T> {
  const until = Date.now() + PATIENCE_MS;
  for (let isTold = false; ; isTold = true) {
    try {
      return await task();
    } catch (error) {
      const isAway =
        error instanceof CommandError && error.exitCode === ExitCode.UNREACHABLE && error.cause !== undefined;
      if (!isAway || Date.now() > until) throw error;
      if (!isTold) terminal.note("  ... nobody answers; waiting");
      await new Promise((next) => setTimeout(next, 500));
    }
  }
}
