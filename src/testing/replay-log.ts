import { decodeCommit } from "../engine/machine/commit-codec.ts";
import { fold } from "../engine/machine/fold.ts";
import { journalOf } from "../engine/machine/journal.ts";
import { isEnded } from "../engine/machine/pending.ts";
import { emptyState, type ExecutionState } from "../engine/machine/state.ts";
import type { Commit } from "../engine/model/commit.ts";
import type { OperationUpdate } from "../engine/model/update.ts";
import type { Ambient, Host } from "../engine/ports/host.ts";
import type { NonDeterministicExecutionError } from "../engine/replay/faults.ts";
import { Attempts } from "../engine/replay/operations/attempts.ts";
import type { DurableFunction, FunctionOutput } from "../engine/runner/function.ts";
import { formatExecutionArn } from "../lambda-compat/arn.ts";
import type { DurableLambdaHandler } from "../lambda-compat/types.ts";
import { durableFunctionOf } from "../lambda-compat/hosted-invocation.ts";
import { SimulatedClock } from "./simulated-host.ts";

/** The extent of a replay. */
export interface ReplayLogOptions {
  /**
   * Replays from every commit as well, as if the process had died after each of them; default false, from the end of
   * the log only. Costs the square of the log's length.
   */
  readonly fromEveryCommit?: boolean;
}

/** The result of a replay. */
export type ReplayReport =
  | { readonly matches: true }
  | {
      readonly matches: false;
      /** The number of the commit at which the two part: up to the one before it the code makes what the log holds. */
      readonly seq: number;
      /** The difference, in words. */
      readonly difference: string;
      /** Set when the code called another operation than the log holds. */
      readonly error?: NonDeterministicExecutionError;
    };

/**
 * Replays a recorded execution against today's code: will executions that started with older code go on? Steps do not
 * run, and nothing is written. The handler is one that perdure's `withDurableExecution` made. A log is what `DurableTestResult.log` holds and what a store's `read` gives.
 *
 * @example
 * ```ts
 * expect(await replayLog(log, handler)).toEqual({ matches: true });
 * ```
 */
export async function replayLog(
  log: readonly string[],
  handler: DurableLambdaHandler,
  options: ReplayLogOptions = {},
): Promise<ReplayReport> {
  const commits = log.map(decodeCommit);
  const target = durableFunctionOf(handler);
  if (target === undefined) throw new TypeError("replayLog needs what perdure's withDurableExecution returns");
  if (options.fromEveryCommit !== true) return partingOf(commits, target);
  for (let seq = 1; seq <= commits.length; seq++) {
    const report = await replayTo(commits.slice(0, seq), target);
    if (!report.matches) return report;
  }
  return { matches: true };
}

/**
 * Replays a log to its end. If the code differs there, it finds by halving the commit at which the code parts from the
 * log.
 */
async function partingOf(commits: readonly Commit[], target: DurableFunction): Promise<ReplayReport> {
  let parted = await replayTo(commits, target);
  let agreed = 0;
  while (!parted.matches && parted.seq - agreed > 1) {
    const middle = Math.floor((agreed + parted.seq) / 2);
    const report = await replayTo(commits.slice(0, middle), target);
    if (report.matches) agreed = middle;
    else parted = report;
  }
  return parted;
}

async function replayTo(commits: readonly Commit[], target: DurableFunction): Promise<ReplayReport> {
  const state = emptyState();
  for (const commit of commits) fold(state, commit);
  const beyond: OperationUpdate[] = [];
  const output = await replay(state, target, beyond);
  if (output?.status === "BREACH") return mismatch(state, output.error.message, output.error);
  if (output?.status === "FAULT") return mismatch(state, `the replay failed: ${output.error.errorMessage}`);
  return isEnded(state) ? compareEnds(state, output, beyond) : { matches: true };
}

/** Runs the code until it ends or can get no further; undefined for the latter. */
async function replay(
  state: ExecutionState,
  target: DurableFunction,
  beyond: OperationUpdate[],
): Promise<FunctionOutput | undefined> {
  const { header } = state;
  const clock = new SimulatedClock({ startAt: header.endedAt ?? header.startedAt });
  const invocation = target.invoke({
    header,
    arn: formatExecutionArn(header),
    requestId: "replay",
    token: "replay",
    journal: journalOf(state),
    // Nothing in it is news.
    heard: Number.POSITIVE_INFINITY,
    client: {
      checkpoint(updates) {
        for (const update of updates) beyond.push(update);
        // Taken and without effect: an end waits for what was sent before it.
        return [];
      },
    },
    host: withoutAttempts(clock.host()),
    suspension: { mode: "end", graceMs: 0 },
    lingerMs: 0,
    deadline: Number.POSITIVE_INFINITY,
  });
  let output: FunctionOutput | undefined;
  void invocation.output.then((given) => {
    output = given;
  });
  await clock.runUntilIdle({ until: () => output !== undefined });
  invocation.abandon();
  return output;
}

/** A host on which no function of a step runs: an attempt begins and never comes back. */
function withoutAttempts(host: Host): Host {
  const ambient: Ambient = {
    tracksAsync: host.ambient.tracksAsync,
    get: () => host.ambient.get(),
    snapshot: () => host.ambient.snapshot(),
    run: <T>(value: unknown, body: () => T) =>
      value instanceof Attempts ? (undefined as T) : host.ambient.run(value, body),
  };
  return {
    ambient,
    now: () => host.now(),
    random: () => host.random(),
    randomId: () => host.randomId(),
    drain: (next) => host.drain(next),
    timer: (at, fire) => host.timer(at, fire),
    background: (work) => host.background(work),
  };
}

function compareEnds(
  state: ExecutionState,
  output: FunctionOutput | undefined,
  beyond: readonly OperationUpdate[],
): ReplayReport {
  const { status, result, error } = state.header;
  // Ended from outside: the code was cut off somewhere.
  if (status === "STOPPED" || status === "TIMED_OUT") return { matches: true };
  if (output?.status !== "SUCCEEDED" && output?.status !== "FAILED") {
    const next = beyond.find(({ action }) => action === "START") ?? beyond[0];
    const what = next === undefined ? "something" : `${next.type} ${JSON.stringify(next.name ?? next.id)}`;
    return mismatch(state, `the execution ended as ${status}, but the code goes on with ${what}`);
  }
  if (output.status !== status)
    return mismatch(state, `the execution ended as ${status}, the code ends as ${output.status}`);
  if (output.status === "SUCCEEDED" && output.result !== result) {
    return mismatch(state, `the execution's result was ${result}, the code's is ${output.result}`);
  }
  if (output.status === "FAILED" && output.error.errorMessage !== error?.errorMessage) {
    return mismatch(
      state,
      `the execution's error was ${error?.errorMessage}, the code's is ${output.error.errorMessage}`,
    );
  }
  return { matches: true };
}

function mismatch({ seq }: ExecutionState, difference: string, error?: NonDeterministicExecutionError): ReplayReport {
  return { matches: false, seq, difference, ...(error && { error }) };
}
