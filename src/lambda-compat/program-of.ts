/**
 * A handler carries its program under a symbol that all copies of this package know: the one that a host was loaded with
 * need not be the one that made the handler.
 */

import type { Program } from "./program.ts";

const PROGRAM = Symbol.for("perdure.program");

export function attachProgram(handler: object, program: Program): void {
  Object.defineProperty(handler, PROGRAM, { value: program });
}

/** Undefined for what `withDurableExecution` did not make. */
export function programOf(handler: unknown): Program | undefined {
  return typeof handler === "function" ? (handler as { [PROGRAM]?: Program })[PROGRAM] : undefined;
}
