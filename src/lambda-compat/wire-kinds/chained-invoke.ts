import type { ChainedInvokeOperation } from "../../engine/model/operation.ts";
import { present, type WireKind } from "./wire-kind.ts";

/** A chained invoke: only an update names the function. */
export const chainedInvoke: WireKind<ChainedInvokeOperation> = {
  write: (_operation, outcome) => ({ ChainedInvokeDetails: outcome }),
  outcomeOf: ({ ChainedInvokeDetails }) => ChainedInvokeDetails,
  read: (common) => ({ ...common, type: "CHAINED_INVOKE", functionName: "" }),

  writeOptions: ({ type, action, functionName, tenantId }) =>
    type === "CHAINED_INVOKE" && action === "START"
      ? { ChainedInvokeOptions: { FunctionName: functionName, ...present({ TenantId: tenantId }) } }
      : {},
  readOptions: ({ ChainedInvokeOptions }) => ({
    functionName: ChainedInvokeOptions?.FunctionName,
    tenantId: ChainedInvokeOptions?.TenantId,
  }),
  shape: { ChainedInvokeOptions: { FunctionName: "string", TenantId: "string" } },

  begin: (common, { functionName = "" }) => ({ ...common, type: "CHAINED_INVOKE", functionName }),
  conclude: () => {},
};
