/** The kinds of operation on the wire, each by its type: a type that is missing here does not compile. */

import type { OperationOf, RecordedType } from "../../engine/model/operation.ts";
import { callback } from "./callback.ts";
import { chainedInvoke } from "./chained-invoke.ts";
import { context } from "./context.ts";
import { step } from "./step.ts";
import { wait } from "./wait.ts";
import type { WireKind } from "./wire-kind.ts";

type EveryKind = { readonly [Type in RecordedType]: WireKind<OperationOf<Type>> };

/** Each kind by its type. */
export const wireKinds: Readonly<Record<RecordedType, WireKind>> = {
  CONTEXT: context,
  STEP: step,
  WAIT: wait,
  CALLBACK: callback,
  CHAINED_INVOKE: chainedInvoke,
} satisfies EveryKind;

/** Every kind there is. */
export const allWireKinds: readonly WireKind[] = Object.values(wireKinds);
