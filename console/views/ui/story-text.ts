/** The present state of an execution, in a sentence or two: the part that explains replay. */

import type { Fact, Halt, Operation } from "perdure/engine";
import type { RunAt } from "../model/code-run.ts";
import { counted } from "../model/counted.ts";
import type { ExecutionView } from "../model/execution-view.ts";
import { situationAt, type Waiting } from "../model/situation.ts";
import { clockTime, moment, pretty, remaining } from "./labels.ts";

/** The state of the worker of this tab. */
export type ProcessState = "starting" | "running" | "killed" | "elsewhere";

export interface Scene {
  readonly view: ExecutionView;
  /** The commit that is looked at. */
  readonly seq: number;
  /** False when it is an earlier one than the last, by choice. */
  readonly isLive: boolean;
  /** Ms since the epoch. */
  readonly now: number;
  readonly run: RunAt | undefined;
  /** The process that runs the code; a Worker somewhere else when absent. */
  readonly process?: ProcessState;
  /** False when the worker has no such function. */
  readonly hasCode: boolean;
  /** Its code came with a link, and was not run in this visit. */
  readonly awaitsAdmission?: boolean;
}

/** The story, a sentence or two to a line. */
export function storyOf(scene: Scene): readonly string[] {
  const { view, seq, isLive } = scene;
  const header = view.headerAt(seq);
  if (header === undefined) return [];
  if (!isLive) return [commitLine(scene), upToHere(scene)];
  if (header.halt !== undefined) return [haltLine(header.halt)];
  const replayed = replayLine(scene.run);
  if (header.status !== "RUNNING") return [endOf(header), ...replayed];
  if (scene.process === "killed") return [killedLine(scene)];
  if (scene.process === "starting") return ["The worker starts."];
  if (scene.awaitsAdmission === true) {
    return ["Nothing runs: its code came with a link, at an earlier visit. It goes on when you let it."];
  }
  if (!scene.hasCode) {
    return [`Nothing runs: the worker has no function “${header.functionName}”. Open its code and press Run.`];
  }
  return [present(scene), ...replayed];
}

function haltLine({ reason }: Halt): string {
  if (reason === "PAUSED") return "Paused. Nothing begins until somebody resumes it.";
  const why = reason === "NON_DETERMINISM" ? "Halted: the code and the log do not match" : "Halted";
  return `${why}. Nothing runs until somebody resumes it.`;
}

function present({ view, seq, now }: Scene): string {
  const startAt = view.header?.startAt ?? now;
  if (startAt > now)
    return `Nothing runs. It is scheduled to begin in ${remaining(startAt - now)}, on ${moment(startAt)}.`;
  const { running, waiting } = situationAt(view, seq);
  if (running.length > 0) {
    const also = waiting.length === 0 ? "" : ` It also waits ${phrase(view, waiting, now)}.`;
    return `${runs(view, running)}${also}`;
  }
  if (waiting.length === 0)
    return view.tracks.length === 0 ? "The code runs." : "The code runs, between two operations.";
  return `Nothing runs. It waits ${phrase(view, waiting, now)}.`;
}

function runs(view: ExecutionView, operations: readonly Operation[]): string {
  const names = operations.slice(0, MOST_NAMED).map((operation) => quoted(view, operation));
  if (operations.length > MOST_NAMED) return `${operations.length} steps run, among them ${names[0]}.`;
  const [only] = operations;
  const attempt = only?.type === "STEP" && operations.length === 1 && only.attempt > 0 ? only.attempt + 1 : 0;
  const verb = operations.length === 1 ? "runs" : "run";
  return `${names.join(" and ")} ${verb}${attempt > 0 ? `, attempt ${attempt}` : ""}.`;
}

const MOST_NAMED = 2;

function phrase(view: ExecutionView, waiting: readonly Waiting[], now: number): string {
  const first = waiting.slice(0, MOST_NAMED).map((each) => one(view, each, now));
  const more = waiting.length - first.length;
  return `${first.join(", and ")}${more > 0 ? `, and for ${more} more` : ""}`;
}

function one(view: ExecutionView, { kind, operation, until }: Waiting, now: number): string {
  const name = quoted(view, operation);
  const left = until === undefined ? undefined : remaining(until - now);
  switch (kind) {
    case "time":
      return `for “${view.titleOf(operation)}”, ${left} more${isFar(until, now) ? `, until ${moment(until ?? now)}` : ""}`;
    case "retry":
      return operation.subType === "WaitForCondition"
        ? `to look at ${name} again, in ${left}`
        : `to try ${name} again, in ${left}`;
    case "answer":
      return `for an answer to ${name}${left === undefined ? "" : `, for ${left} at most`}`;
    case "function":
      return `for the function ${name}`;
  }
}

/** From here on a date says more than a number. */
const FAR_MS = 3_600_000;

function isFar(until: number | undefined, now: number): boolean {
  return until !== undefined && until - now > FAR_MS;
}

function quoted(view: ExecutionView, operation: Operation): string {
  return `“${view.nameOf(operation) ?? view.titleOf(operation)}”`;
}

function killedLine({ view, seq }: Scene): string {
  return `The worker is gone, with all that it had in memory. The log still has ${counted(view.settledAt(seq), "finished operation")}. Reload this page, or restart the worker.`;
}

function replayLine(run: RunAt | undefined): readonly string[] {
  if (run === undefined || run.number === 1) return [];
  return [
    `In run ${run.number} of the code, ${counted(run.replayed, "result")} came from the log: marked ↺, and not done again.`,
  ];
}

function commitLine({ view, seq }: Scene): string {
  const commit = view.commits[seq - 1];
  const facts = tellingFacts(commit?.facts ?? []).map((fact) => factText(fact, view));
  const told = facts.slice(0, MOST_FACTS).join("; ");
  const more = facts.length > MOST_FACTS ? `; and ${facts.length - MOST_FACTS} more` : "";
  return `Commit ${seq}, at ${clockTime(commit?.at ?? 0)}: ${told}${more}.`;
}

const MOST_FACTS = 3;

/** Without the beginnings of what ends in the same commit. */
function tellingFacts(facts: readonly Fact[]): readonly Fact[] {
  return facts.filter(
    (fact, index) =>
      fact.kind !== "STARTED" || !facts.slice(index + 1).some((later) => "id" in later && later.id === fact.id),
  );
}

function upToHere({ view, seq, run }: Scene): string {
  const settled = view.settledAt(seq);
  if (run === undefined || run.number === 1) {
    const copied = view.forkedAt === undefined ? 0 : view.settledAt(1);
    const origin = copied === 0 ? "all new" : `${copied} of them copied`;
    return `Up to here, in run 1 of the code: ${counted(settled, "result")}, ${origin}.`;
  }
  const fresh = Math.max(0, settled - view.settledAt(run.seq));
  return `Up to here, in run ${run.number} of the code: ${run.replayed} from the log (↺), ${fresh} new.`;
}

function factText(fact: Fact, view: ExecutionView): string {
  if (fact.kind === "HALTED" && fact.reason === "PAUSED") return "the execution was paused";
  if (!("id" in fact)) return executionFacts[fact.kind] ?? fact.kind;
  const operation = view.track(fact.id)?.versions.at(-1)?.operation;
  const name = operation === undefined ? fact.id : quoted(view, operation);
  const error = "error" in fact ? fact.error?.errorMessage : undefined;
  const why = error === undefined ? "" : ` (${short(error)})`;
  if (fact.kind === "RETRIED") {
    const failed = error === undefined ? "is not there yet" : `failed${why}`;
    return `${name} ${failed}, and is tried again in ${remaining(fact.delaySeconds * 1_000)}`;
  }
  return `${name} ${operationFacts[fact.kind]}${why}`;
}

const operationFacts: Readonly<Record<Exclude<Extract<Fact, { readonly id: string }>["kind"], "RETRIED">, string>> = {
  STARTED: "has begun",
  SUCCEEDED: "succeeded",
  FAILED: "failed",
  READY: "is due again",
  TIMED_OUT: "timed out",
  STOPPED: "was stopped",
  CANCELLED: "was cancelled",
  HEARTBEAT: "is still being worked on",
};

const executionFacts: Readonly<Record<string, string>> = {
  EXECUTION_STARTED: "the execution was started",
  EXECUTION_SUCCEEDED: "the execution succeeded",
  EXECUTION_FAILED: "the execution failed",
  EXECUTION_TIMED_OUT: "the execution timed out",
  EXECUTION_STOPPED: "the execution was stopped",
  INVOCATION_COMPLETED: "the run ended",
  HALTED: "the execution was halted",
  RESUMED: "the execution was resumed",
  PARENT_NOTIFIED: "the caller was told",
  COPIED: "it has what another execution had recorded",
  REWOUND: "the execution was taken back to an earlier point",
  FORKED: "another execution began as a copy of this one",
};

function endOf({ status, result, error }: NonNullable<ExecutionView["header"]>): string {
  if (status === "SUCCEEDED") return `Finished${result === undefined ? "." : `: ${short(pretty(result))}`}`;
  const why = error?.errorMessage;
  const what = status === "FAILED" ? "Failed" : status === "STOPPED" ? "Stopped" : "Timed out";
  return `${what}${why === undefined ? "." : `: ${short(why)}`}`;
}

const LONGEST = 160;

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line;
}
