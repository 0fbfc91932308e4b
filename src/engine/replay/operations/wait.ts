import { Future } from "../future.ts";
import { Opening } from "../opening.ts";
import type { Scope } from "../scope.ts";

export interface WaitOptions {
  readonly name?: string | undefined;
  readonly subType: string;
  readonly seconds: number;
}

/** Lets time pass without anything running. Whatever ends the wait, it resolves. */
export function wait(scope: Scope, options: WaitOptions): Future<void> {
  if (scope.isClosed) return new Future<void>();
  const opening = new Opening(scope, { type: "WAIT", subType: options.subType, name: options.name });
  const future = new Future<void>(scope);
  const { invocation } = scope;
  invocation.delivery.register(opening.key, { scope, prepare: () => () => future.resolve() });
  if (opening.stored === undefined && !scope.isRebuilding)
    invocation.record(opening.update("START", { waitSeconds: options.seconds }), true);
  invocation.schedule();
  return future;
}
