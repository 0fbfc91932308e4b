import type { CallbackOperation } from "../../engine/model/operation.ts";
import { present } from "../../engine/model/present.ts";
import type { KindAtSdk, KindAtService } from "./wire-kind.ts";

/** A callback: an operation has its id, an update its timeouts. */
export const callbackAtService: KindAtService<CallbackOperation> = {
  write: ({ callbackId }, outcome) => ({ CallbackDetails: { CallbackId: callbackId, ...outcome } }),
  readOptions: ({ CallbackOptions }) => ({
    timeoutSeconds: CallbackOptions?.TimeoutSeconds,
    heartbeatTimeoutSeconds: CallbackOptions?.HeartbeatTimeoutSeconds,
  }),
  shape: { CallbackOptions: { TimeoutSeconds: "number", HeartbeatTimeoutSeconds: "number" } },
};

/** The same where handlers run. */
export const callbackAtSdk: KindAtSdk<CallbackOperation> = {
  details: "CallbackDetails",
  read: (common, { CallbackDetails }) => ({
    ...common,
    type: "CALLBACK",
    callbackId: CallbackDetails?.CallbackId ?? "",
  }),
  writeOptions: ({ action, timeoutSeconds, heartbeatTimeoutSeconds }) => {
    if (action !== "START") return {};
    const timeouts = { TimeoutSeconds: timeoutSeconds, HeartbeatTimeoutSeconds: heartbeatTimeoutSeconds };
    return { CallbackOptions: present(timeouts) };
  },
};
