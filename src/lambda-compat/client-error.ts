/** The error by which a transport says how far its failure reaches. It is recognised by its shape, across packages. */

export const DurableExecutionClientErrorScope = {
  /** The invocation ends and is tried again. */
  INVOCATION: "INVOCATION",
  /** The execution fails. */
  EXECUTION: "EXECUTION",
} as const;
export type DurableExecutionClientErrorScope =
  (typeof DurableExecutionClientErrorScope)[keyof typeof DurableExecutionClientErrorScope];

export interface DurableExecutionClientErrorOptions {
  /** The default is INVOCATION. */
  scope?: DurableExecutionClientErrorScope;
  cause?: unknown;
}

export class DurableExecutionClientError extends Error {
  static override readonly name: string = "DurableExecutionClientError";
  readonly isDurableExecutionClientError = true;
  readonly scope: DurableExecutionClientErrorScope;

  constructor(message: string, { scope = "INVOCATION", cause }: DurableExecutionClientErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.scope = scope;
  }
}

export function isDurableExecutionClientError(error: unknown): error is DurableExecutionClientError {
  if (!(error instanceof Error)) return false;
  const { isDurableExecutionClientError: isMarked, scope } = error as Partial<DurableExecutionClientError>;
  return isMarked === true && (scope === "INVOCATION" || scope === "EXECUTION");
}
