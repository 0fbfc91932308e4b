import type { StepOperation } from "../../engine/model/operation.ts";
import { present, toMilliseconds, unlessEmpty, type WireKind } from "./wire-kind.ts";

/** A step: its attempts, and the pause before the next one. */
export const step: WireKind<StepOperation> = {
  write: ({ attempt, nextAttemptAt }, outcome, time) => {
    const next = present({ NextAttemptTimestamp: nextAttemptAt === undefined ? undefined : time(nextAttemptAt) });
    return { StepDetails: { Attempt: attempt, ...next, ...outcome } };
  },
  outcomeOf: ({ StepDetails }) => StepDetails,
  read: (common, { StepDetails: { Attempt, NextAttemptTimestamp } = {} }) => ({
    ...common,
    type: "STEP",
    attempt: Attempt ?? 0,
    ...present({ nextAttemptAt: toMilliseconds(NextAttemptTimestamp) }),
  }),

  writeOptions: ({ nextAttemptDelaySeconds }) =>
    present({ StepOptions: unlessEmpty({ NextAttemptDelaySeconds: nextAttemptDelaySeconds }) }),
  readOptions: ({ StepOptions }) => ({ nextAttemptDelaySeconds: StepOptions?.NextAttemptDelaySeconds }),
  shape: { StepOptions: { NextAttemptDelaySeconds: "number" } },

  begin: (common) => ({ ...common, type: "STEP", attempt: 0 }),
  conclude: (operation, { action, nextAttemptDelaySeconds }, now) => {
    operation.attempt++;
    if (action === "RETRY") operation.nextAttemptAt = now + (nextAttemptDelaySeconds ?? 1) * 1000;
  },
};
