import type { ChainedInvokeOperation } from "../../engine/model/operation.ts";
import { present } from "../../engine/model/present.ts";
import type { KindAtSdk, KindAtService } from "./wire-kind.ts";

/** A chained invoke: only an update names the function. */
export const chainedInvokeAtService: KindAtService<ChainedInvokeOperation> = {
  write: (_operation, outcome) => ({ ChainedInvokeDetails: outcome }),
  readOptions: ({ ChainedInvokeOptions }) => ({
    functionName: ChainedInvokeOptions?.FunctionName,
    tenantId: ChainedInvokeOptions?.TenantId,
  }),
  shape: { ChainedInvokeOptions: { FunctionName: "string", TenantId: "string" } },
};

/** The same where handlers run. */
export const chainedInvokeAtSdk: KindAtSdk<ChainedInvokeOperation> = {
  details: "ChainedInvokeDetails",
  read: (common) => ({ ...common, type: "CHAINED_INVOKE", functionName: "" }),
  writeOptions: ({ action, functionName, tenantId }) =>
    action === "START"
      ? { ChainedInvokeOptions: { FunctionName: functionName, ...present({ TenantId: tenantId }) } }
      : {},
};
