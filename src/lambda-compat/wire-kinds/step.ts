import type { StepOperation } from "../../engine/model/operation.ts";
import { present } from "../../engine/model/present.ts";
import { toMilliseconds, type KindAtSdk, type KindAtService } from "./wire-kind.ts";

/** A step: its attempts, and the pause before the next one. */
export const stepAtService: KindAtService<StepOperation> = {
  write: ({ attempt, nextAttemptAt }, outcome, time) => {
    const next = present({ NextAttemptTimestamp: nextAttemptAt === undefined ? undefined : time(nextAttemptAt) });
    return { StepDetails: { Attempt: attempt, ...next, ...outcome } };
  },
  readOptions: ({ StepOptions }) => ({ nextAttemptDelaySeconds: StepOptions?.NextAttemptDelaySeconds }),
  shape: { StepOptions: { NextAttemptDelaySeconds: "number" } },
};

/** The same where handlers run. */
export const stepAtSdk: KindAtSdk<StepOperation> = {
  details: "StepDetails",
  read: (common, { StepDetails: { Attempt, NextAttemptTimestamp } = {} }) => ({
    ...common,
    type: "STEP",
    attempt: Attempt ?? 0,
    ...present({ nextAttemptAt: toMilliseconds(NextAttemptTimestamp) }),
  }),
  writeOptions: ({ nextAttemptDelaySeconds: seconds }) =>
    seconds === undefined ? {} : { StepOptions: { NextAttemptDelaySeconds: seconds } },
  conclude: (operation, { action, nextAttemptDelaySeconds }, now) => {
    operation.attempt++;
    if (action === "RETRY") operation.nextAttemptAt = now + (nextAttemptDelaySeconds ?? 1) * 1000;
  },
};
