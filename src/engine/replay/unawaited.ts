/** Operations that the code has called and never awaited, to be reported at the end. */

import type { Operation } from "../model/operation.ts";
import type { InvocationCore } from "./core.ts";
import { type UnseenFailure, unseenFailures } from "./future.ts";

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

function isUnseen(taker: object | undefined): boolean {
  return taker !== undefined && "isObserved" in taker && taker.isObserved === false;
}
