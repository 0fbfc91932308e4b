/** The kinds of operation, each by its type: a type that is missing here does not compile. */

import type { Operation, OperationOf, RecordedType } from "../../model/operation.ts";
import { callback } from "./callback.ts";
import { chainedInvoke } from "./chained-invoke.ts";
import { context } from "./context.ts";
import type { OperationKind } from "./kind.ts";
import { step } from "./step.ts";
import { wait } from "./wait.ts";

/** A table with a kind for every type. */
type EveryKind = { readonly [Type in RecordedType]: OperationKind<OperationOf<Type>> };

/** Each kind by its type. */
export const kinds: Readonly<Record<RecordedType, OperationKind>> = {
  CONTEXT: context,
  STEP: step,
  WAIT: wait,
  CALLBACK: callback,
  CHAINED_INVOKE: chainedInvoke,
} satisfies EveryKind;

const byName: Readonly<Partial<Record<string, OperationKind>>> = kinds;

/** Every kind there is. */
export const allKinds: readonly OperationKind[] = Object.values(kinds);

/** The kind of this operation. */
export function kindOf({ type }: Operation): OperationKind {
  return kinds[type];
}

/** The kind whose type a text from outside names; undefined if none has that name. */
export function kindNamed(type: string | undefined): OperationKind | undefined {
  const kind = byName[type ?? ""];
  // An inherited property, such as "constructor", is no kind.
  return kind?.type === type ? kind : undefined;
}
