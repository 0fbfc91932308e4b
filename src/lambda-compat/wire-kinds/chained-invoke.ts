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
  outcomeOf: ({ ChainedInvokeDetails }) => ChainedInvokeDetails,
  read: (common) => ({ ...common, type: "CHAINED_INVOKE", functionName: "" }),
  writeOptions: ({ type, action, functionName, tenantId }) =>
    type === "CHAINED_INVOKE" && action === "START"
      ? { ChainedInvokeOptions: { FunctionName: functionName, ...present({ TenantId: tenantId }) } }
      : {},
  begin: (common, { functionName = "" }) => ({ ...common, type: "CHAINED_INVOKE", functionName }),
  conclude: () => {},
};
