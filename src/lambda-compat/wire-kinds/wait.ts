import type { WaitOperation } from "../../engine/model/operation.ts";
import { toMilliseconds, type KindAtSdk, type KindAtService } from "./wire-kind.ts";

/** A wait: an operation has its end, an update its length. */
export const waitAtService: KindAtService<WaitOperation> = {
  write: ({ dueAt }, _outcome, time) => ({ WaitDetails: { ScheduledEndTimestamp: time(dueAt) } }),
  readOptions: ({ WaitOptions }) => ({ waitSeconds: WaitOptions?.WaitSeconds }),
  shape: { WaitOptions: { WaitSeconds: "number" } },
};

/** The same where handlers run. */
export const waitAtSdk: KindAtSdk<WaitOperation> = {
  details: "WaitDetails",
  read: (common, { WaitDetails }) => {
    const { startedAt } = common;
    const dueAt = toMilliseconds(WaitDetails?.ScheduledEndTimestamp) ?? startedAt;
    return { ...common, type: "WAIT", waitSeconds: Math.round((dueAt - startedAt) / 1000), dueAt };
  },
  writeOptions: ({ waitSeconds }) => (waitSeconds === undefined ? {} : { WaitOptions: { WaitSeconds: waitSeconds } }),
  begin: (common, { waitSeconds = 0 }) => ({
    ...common,
    type: "WAIT",
    waitSeconds,
    dueAt: common.startedAt + waitSeconds * 1000,
  }),
};
