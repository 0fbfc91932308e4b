import type { CallOptions } from "../called-operation.ts";
import { Future } from "../future.ts";
import type { Scope } from "../scope.ts";
import type { Handover } from "../taker.ts";
import { OutsideOperation } from "./outside-operation.ts";

export interface WaitOptions extends CallOptions {
  readonly seconds: number;
}

/** Lets time pass without anything running. Resolves however the wait ends. */
export function wait(scope: Scope, options: WaitOptions): Future<void> {
  return scope.isClosed ? new Future<void>() : new Wait(scope, "WAIT", options).begin().outcome;
}

class Wait extends OutsideOperation<void, WaitOptions> {
  start(): void {
    this.recordStart({ waitSeconds: this.options.seconds });
  }

  prepare(): Handover {
    return this.outcome.ready(undefined);
  }
}
