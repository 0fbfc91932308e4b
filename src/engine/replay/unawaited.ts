/** Operations that the code has called and never awaited, to be reported at the end. */

import { isRebuilt, isSettled, type Operation } from "../model/operation.ts";
import type { InvocationCore } from "./core.ts";
import { type UnseenFailure, unseenFailures } from "./future.ts";
import type { Scope } from "./scope.ts";

export interface Unawaited {
  /** Without an outcome, in the order of their calls. */
  readonly open: readonly Operation[];
  /** In the order in which they failed. */
  readonly failed: readonly UnseenFailure[];
}

export function unawaited(invocation: InvocationCore): Unawaited {
  const { takers } = invocation.delivery;
  const open = [...takers.awaited()].filter(({ id }) => isUnseen(takers.get(id)));
  return { open, failed: unseenFailures(invocation) };
}

/** The failures that no later invocation comes upon: a context around them has its record and is not run again. */
export function buriedFailures(invocation: InvocationCore): readonly UnseenFailure[] {
  return unseenFailures(invocation).filter(({ called }) => isBuried(called.scope));
}

function isBuried({ invocation, parent, recordedKey }: Scope): boolean {
  const context = recordedKey === undefined ? undefined : invocation.stored(recordedKey);
  if (context !== undefined && isSettled(context.status) && !isRebuilt(context)) return true;
  return parent !== undefined && isBuried(parent);
}

function isUnseen(taker: object | undefined): boolean {
  return taker !== undefined && "isObserved" in taker && taker.isObserved === false;
}
