import type { ContextOperation } from "../../engine/model/operation.ts";
import { present } from "../../engine/model/present.ts";
import type { KindAtSdk, KindAtService } from "./wire-kind.ts";

/** A context: its value may be rebuilt from its children. */
export const contextAtService: KindAtService<ContextOperation> = {
  write: ({ replayChildren }, outcome) => ({
    ContextDetails: { ...present({ ReplayChildren: replayChildren }), ...outcome },
  }),
  readOptions: ({ ContextOptions }) => ({ replayChildren: ContextOptions?.ReplayChildren }),
  shape: { ContextOptions: { ReplayChildren: "boolean" } },
};

/** The same where handlers run. */
export const contextAtSdk: KindAtSdk<ContextOperation> = {
  details: "ContextDetails",
  read: (common, { ContextDetails }) => ({
    ...common,
    type: "CONTEXT",
    ...present({ replayChildren: ContextDetails?.ReplayChildren }),
  }),
  writeOptions: ({ replayChildren }) =>
    replayChildren === undefined ? {} : { ContextOptions: { ReplayChildren: replayChildren } },
  conclude: (operation, { replayChildren }) => {
    if (replayChildren === true) operation.replayChildren = true;
  },
};
