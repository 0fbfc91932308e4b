/** The starter of executions beside the running one, on one of perdure's own hosts. */

import type { ExecutionClient } from "../engine/runner/client.ts";

export interface Starter {
  readonly client: Pick<ExecutionClient, "start">;
  /** The host's clock, ms since the epoch. */
  readonly now: () => number;
  /** The name under which the host runs a program; undefined for one that it was not given. */
  readonly nameOf: (program: object) => string | undefined;
}

/** One for all copies of the package in a process. */
const STARTER = Symbol.for("perdure.starter");

/** Keeps the starter of an invocation with its context. */
export function giveStarter(context: object, starter: Starter): void {
  Object.defineProperty(context, STARTER, { value: starter });
}

/** Undefined where AWS's service, or another process, runs the execution. */
export function starterOf(context: object): Starter | undefined {
  return (context as { readonly [STARTER]?: Starter })[STARTER];
}
