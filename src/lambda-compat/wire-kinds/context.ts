import type { ContextOperation } from "../../engine/model/operation.ts";
import { present, unlessEmpty, type WireKind } from "./wire-kind.ts";

/** A context: its value may be rebuilt from its children. */
export const context: WireKind<ContextOperation> = {
  write: ({ replayChildren }, outcome) => ({
    ContextDetails: { ...present({ ReplayChildren: replayChildren }), ...outcome },
  }),
  outcomeOf: ({ ContextDetails }) => ContextDetails,
  read: (common, { ContextDetails }) => ({
    ...common,
    type: "CONTEXT",
    ...present({ replayChildren: ContextDetails?.ReplayChildren }),
  }),

  writeOptions: ({ replayChildren }) => present({ ContextOptions: unlessEmpty({ ReplayChildren: replayChildren }) }),
  readOptions: ({ ContextOptions }) => ({ replayChildren: ContextOptions?.ReplayChildren }),
  shape: { ContextOptions: { ReplayChildren: "boolean" } },

  begin: (common) => ({ ...common, type: "CONTEXT" }),
  conclude: (operation, { replayChildren }) => {
    if (replayChildren === true) operation.replayChildren = true;
  },
};
