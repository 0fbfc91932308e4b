import { isSettled } from "perdure/engine";
import type { JSX } from "preact";
import { type ExecutionView, operationAt } from "../model/execution-view.ts";
import { pretty } from "./labels.ts";
import type { Playground } from "./playground.ts";

/** What is going on, in a sentence or two: the part that explains replay. */
export function Story({ playground }: { readonly playground: Playground }): JSX.Element {
  void playground.revision.value;
  return <p class="story">{tell(playground)}</p>;
}

function tell(playground: Playground): string {
  const { view, seq, process, isRemote } = playground;
  const execution = view.value;
  const header = execution.headerAt(seq.value);
  if (header === undefined) {
    return isRemote.value
      ? "Choose an execution of the Worker under Executions."
      : "Press Run. While it works, press Kill, then reload this page, and see what is done again.";
  }
  if (header.halt !== undefined) return "Halted: nothing runs until somebody resumes it.";
  const replayed = replayOf(execution, seq.value);
  if (header.status !== "RUNNING") return `${endOf(header)}\n${replayed}`.trim();
  if (!isRemote.value && process.value === "killed") {
    const steps = settledAt(execution, seq.value);
    return `The worker is gone, with all that it had in memory. The log still has ${count(steps, "finished operation")}. Reload this page, or restart the worker.`;
  }
  return replayed === ""
    ? "It runs. What has finished is in the log already: kill the worker, or reload this page."
    : replayed;
}

function replayOf(execution: ExecutionView, seq: number): string {
  const invocation = execution.invocationAt(seq);
  if (invocation === undefined || invocation.number === 1) return "";
  return `In run ${invocation.number} of the code, ${count(invocation.replayed, "result")} came from the log: marked ↺, and not done again.`;
}

function endOf({ status, result, error }: NonNullable<ReturnType<ExecutionView["headerAt"]>>): string {
  if (status === "SUCCEEDED") return `Finished${result === undefined ? "." : `: ${short(pretty(result))}`}`;
  const why = error?.errorMessage;
  return `${status === "FAILED" ? "Failed" : status === "STOPPED" ? "Stopped" : "Timed out"}${why === undefined ? "." : `: ${short(why)}`}`;
}

function settledAt(execution: ExecutionView, seq: number): number {
  return execution.tracks.filter((track) => {
    const operation = operationAt(track, seq);
    return operation !== undefined && isSettled(operation.status);
  }).length;
}

const LONGEST = 160;

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
