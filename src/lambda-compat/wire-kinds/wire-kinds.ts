/** The kinds of operation on the wire, each by its type: a type that is missing here does not compile. */

import type { OperationOf, RecordedType } from "../../engine/model/operation.ts";
import { callbackAtSdk, callbackAtService } from "./callback.ts";
import { chainedInvokeAtSdk, chainedInvokeAtService } from "./chained-invoke.ts";
import { contextAtSdk, contextAtService } from "./context.ts";
import { stepAtSdk, stepAtService } from "./step.ts";
import { waitAtSdk, waitAtService } from "./wait.ts";
import type { KindAtSdk, KindAtService } from "./wire-kind.ts";

/** Each kind where executions are kept. */
export const kindsAtService: Readonly<Record<RecordedType, KindAtService>> = {
  CONTEXT: contextAtService,
  STEP: stepAtService,
  WAIT: waitAtService,
  CALLBACK: callbackAtService,
  CHAINED_INVOKE: chainedInvokeAtService,
} satisfies { readonly [Type in RecordedType]: KindAtService<OperationOf<Type>> };

/** Each kind where handlers run. */
export const kindsAtSdk: Readonly<Record<RecordedType, KindAtSdk>> = {
  CONTEXT: contextAtSdk,
  STEP: stepAtSdk,
  WAIT: waitAtSdk,
  CALLBACK: callbackAtSdk,
  CHAINED_INVOKE: chainedInvokeAtSdk,
} satisfies { readonly [Type in RecordedType]: KindAtSdk<OperationOf<Type>> };
