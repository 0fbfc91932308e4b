/** The error by which a transport says how far its failure reaches. It is recognised by its shape, across packages. */

import { branded } from "../engine/model/branded.ts";

/** The scope of a transport's failure: the invocation or the execution. */
export const DurableExecutionClientErrorScope = {
  /** The invocation ends and is tried again. */
  INVOCATION: "INVOCATION",
  /** The execution fails. */
  EXECUTION: "EXECUTION",
} as const;
export type DurableExecutionClientErrorScope =
  (typeof DurableExecutionClientErrorScope)[keyof typeof DurableExecutionClientErrorScope];

/** The scope and the cause of a transport's failure. */
export interface DurableExecutionClientErrorOptions {
  /** The default is INVOCATION. */
  scope?: DurableExecutionClientErrorScope;
  /** The error behind it; none by default. */
  cause?: unknown;
}

/** The error by which a `DurableExecutionClient` says how far its failure reaches. */
export class DurableExecutionClientError extends Error {
  static override readonly name: string = "DurableExecutionClientError";
  /** The mark by which another copy of this class is recognised. */
  readonly isDurableExecutionClientError = true;
  /** INVOCATION: the invocation is tried again. EXECUTION: the execution fails. */
  readonly scope: DurableExecutionClientErrorScope;

  constructor(message: string, { scope = "INVOCATION", cause }: DurableExecutionClientErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.scope = scope;
  }
}

branded(DurableExecutionClientError, "DurableExecutionClientError");

/** True for a DurableExecutionClientError, of another copy of this package or of AWS's too. */
export function isDurableExecutionClientError(error: unknown): error is DurableExecutionClientError {
  if (!(error instanceof Error)) return false;
  const { isDurableExecutionClientError: isMarked, scope } = error as Partial<DurableExecutionClientError>;
  return isMarked === true && (scope === "INVOCATION" || scope === "EXECUTION");
}
