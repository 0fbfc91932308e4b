import type { Draft } from "../../model/draft.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { WaitOperation } from "../../model/operation.ts";
import type { OperationUpdate } from "../../model/update.ts";
import { checkSeconds } from "../limits.ts";
import type { Beginning, EventSubject, IntroducingFact, OperationFact, OperationKind, UpdateFact } from "./kind.ts";
import { awaited, copy, noEvents, nothing } from "./rules.ts";

/** Time that passes. */
export const wait: OperationKind<WaitOperation> = {
  ...awaited,
  type: "WAIT",
  check: ({ action, waitSeconds }) =>
    action === "START" ? checkSeconds(waitSeconds, "Wait in seconds", 1) : undefined,

  begin,
  introduce,
  progress: nothing,
  mayEnd: (known, status) => known.status === "STARTED" && (status === "SUCCEEDED" || status === "CANCELLED"),
  finish: copy,

  register: undefined,
  fired: ({ id }) => ({ kind: "SUCCEEDED", id }),

  events: {
    ...noEvents,
    STARTED: "WaitStarted",
    SUCCEEDED: "WaitSucceeded",
    CANCELLED: "WaitCancelled",
  },
  describe,
};

function begin(fact: Draft<UpdateFact>, update: OperationUpdate, { env }: Beginning): void {
  fact.waitSeconds = update.waitSeconds ?? 0;
  fact.dueAt = (fact.at ?? env.now) + fact.waitSeconds * 1000;
}

function introduce(fact: IntroducingFact, at: number): Draft<WaitOperation> | undefined {
  if (fact.kind !== "STARTED" || fact.waitSeconds === undefined || fact.dueAt === undefined) return undefined;
  const { id, waitSeconds, dueAt } = fact;
  return { id, status: "STARTED", startedAt: at, type: "WAIT", waitSeconds, dueAt };
}

function describe(event: Draft<HistoryEvent>, fact: OperationFact, subject: EventSubject): void {
  if (fact.kind === "STARTED") {
    if (fact.dueAt !== undefined) event.dueAt = fact.dueAt;
    subject.waitSeconds = fact.waitSeconds;
  }
  if (subject.waitSeconds !== undefined) event.waitSeconds = subject.waitSeconds;
}
