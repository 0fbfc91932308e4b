import type { WaitOperation } from "../../engine/model/operation.ts";
import { present, toMilliseconds, unlessEmpty, type WireKind } from "./wire-kind.ts";

/** A wait: an operation has its end, an update its length. */
export const wait: WireKind<WaitOperation> = {
  write: ({ dueAt }, _outcome, time) => ({ WaitDetails: { ScheduledEndTimestamp: time(dueAt) } }),
  outcomeOf: () => undefined,
  read: (common, { WaitDetails }) => {
    const { startedAt } = common;
    const dueAt = toMilliseconds(WaitDetails?.ScheduledEndTimestamp) ?? startedAt;
    return { ...common, type: "WAIT", waitSeconds: Math.round((dueAt - startedAt) / 1000), dueAt };
  },

  writeOptions: ({ waitSeconds }) => present({ WaitOptions: unlessEmpty({ WaitSeconds: waitSeconds }) }),
  readOptions: ({ WaitOptions }) => ({ waitSeconds: WaitOptions?.WaitSeconds }),
  shape: { WaitOptions: { WaitSeconds: "number" } },

  begin: (common, { waitSeconds = 0 }) => ({
    ...common,
    type: "WAIT",
    waitSeconds,
    dueAt: common.startedAt + waitSeconds * 1000,
  }),
  conclude: () => {},
};
