import type { CallbackOperation } from "../../engine/model/operation.ts";
import { present, type WireKind } from "./wire-kind.ts";

/** A callback: an operation has its id, an update its timeouts. */
export const callback: WireKind<CallbackOperation> = {
  write: ({ callbackId }, outcome) => ({ CallbackDetails: { CallbackId: callbackId, ...outcome } }),
  outcomeOf: ({ CallbackDetails }) => CallbackDetails,
  read: (common, { CallbackDetails }) => ({
    ...common,
    type: "CALLBACK",
    callbackId: CallbackDetails?.CallbackId ?? "",
  }),

  writeOptions: ({ type, action, timeoutSeconds, heartbeatTimeoutSeconds }) => {
    if (type !== "CALLBACK" || action !== "START") return {};
    const timeouts = { TimeoutSeconds: timeoutSeconds, HeartbeatTimeoutSeconds: heartbeatTimeoutSeconds };
    return { CallbackOptions: present(timeouts) };
  },
  readOptions: ({ CallbackOptions }) => ({
    timeoutSeconds: CallbackOptions?.TimeoutSeconds,
    heartbeatTimeoutSeconds: CallbackOptions?.HeartbeatTimeoutSeconds,
  }),
  shape: { CallbackOptions: { TimeoutSeconds: "number", HeartbeatTimeoutSeconds: "number" } },

  begin: (common) => ({ ...common, type: "CALLBACK", callbackId: "" }),
  conclude: () => {},
};
