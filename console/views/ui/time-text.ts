import { isSettled, type Operation } from "perdure/engine";
import { type Waiting, waitingFor } from "../model/situation.ts";
import { duration, moment, remaining } from "./labels.ts";

/** True for a step that was under way when its worker died. */
export function isCutOff({ type, status }: Operation, diedAt: number | undefined): boolean {
  return diedAt !== undefined && type === "STEP" && status === "STARTED";
}

/**
 * The time that an operation took, takes, or has still to wait, in two or three words. Times are ms since the epoch.
 */
export function timeText(operation: Operation, { now, diedAt }: { now: number; diedAt: number | undefined }): string {
  if (isSettled(operation.status)) return settledText(operation);
  if (isCutOff(operation, diedAt)) return "cut off";
  const waiting = waitingFor(operation);
  if (waiting?.until === undefined) return `for ${duration(now - operation.startedAt)}`;
  const left = remaining(waiting.until - now);
  return leftTexts[waiting.kind](left);
}

const leftTexts: Readonly<Record<Waiting["kind"], (left: string) => string>> = {
  time: (left) => `due in ${left}`,
  retry: (left) => `again in ${left}`,
  answer: (left) => `${left} left`,
  function: (left) => `due in ${left}`,
};

/** The same at length, for a tooltip. */
export function timeTitle(operation: Operation, now: number): string {
  const began = `Began ${moment(operation.startedAt)}`;
  if (operation.endedAt !== undefined) return `${began}, ended ${moment(operation.endedAt)}`;
  const until = waitingFor(operation)?.until;
  return until === undefined || until < now ? began : `${began}, until ${moment(until)} at the latest`;
}

function settledText(operation: Operation): string {
  const { startedAt, endedAt = startedAt } = operation;
  const took = duration(endedAt - startedAt);
  return operation.type === "STEP" && operation.attempt > 1 ? `${operation.attempt}×, ${took}` : took;
}
