/** Errors that end an invocation from inside the engine. User code cannot catch these: its context is closed first. */

import { branded } from "../model/branded.ts";
import { tellingErrors } from "../model/cause-lines.ts";
import type { SerdesError } from "../model/errors.ts";
import { messageOf } from "../model/message-of.ts";
import type { OperationSubType, OperationType } from "../model/operation.ts";

/** The code called another operation than the log holds at this position. */
export class NonDeterministicExecutionError extends Error {
  override readonly name = "NonDeterministicExecutionError";
  readonly code = "NON_DETERMINISM";
  readonly recorded: OperationIdentity | undefined;
  readonly attempted: OperationIdentity | undefined;

  constructor(message: string, sides: { recorded?: OperationIdentity; attempted?: OperationIdentity }) {
    super(message);
    this.recorded = sides.recorded;
    this.attempted = sides.attempted;
  }
}

branded(NonDeterministicExecutionError, "NonDeterministicExecutionError");

/** The text of such an error. */
export function nonDeterminism(found: string): string {
  return `Non-deterministic execution detected: ${found}. This indicates non-deterministic control flow in your workflow code.`;
}

/** An operation as these texts call it; `id` is its stored id, or its position. */
export function operationTitle({ type, name }: Omit<OperationIdentity, "id">, id: string): string {
  return `${type} ${name === undefined ? "" : `"${name}" `}(${id})`;
}

/** The parts of an operation that replay compares. */
export interface OperationIdentity {
  /** The operation's position, such as `1-2`. */
  readonly id: string;
  readonly type: OperationType;
  readonly name?: string | undefined;
  readonly subType?: OperationSubType | string | undefined;
}

/**
 * A serdes cannot read a recorded value. The invocation is tried again: a deploy or a key store that is back may help.
 */
export class SerdesFailedError extends Error {
  override readonly name = "SerdesFailedError";
  readonly code = "SERDES_FAILED";
  constructor(error: SerdesError) {
    super(`[Unrecoverable Invocation] ${error.message}`, { cause: error.cause });
    tellingErrors.add(this);
  }
}

/** A step was started at most once per attempt and the invocation died before its outcome was recorded. */
export class StepInterruptedError extends Error {
  override readonly name = "StepInterruptedError";
  /** Always STEP_INTERRUPTED. */
  readonly code = "STEP_INTERRUPTED";
  constructor() {
    super("The step execution process was initiated but failed to reach completion due to an interruption.");
  }
}

branded(StepInterruptedError, "StepInterruptedError");

/** Another worker has taken the execution over; nothing that this worker still does for it has an effect. */
export class FencedError extends Error {
  override readonly name = "FencedError";
  readonly code = "FENCED";
  constructor() {
    super("Another worker runs this execution now. This invocation has ended; nothing it does is recorded.");
  }
}

/** The machine or the service refused or could not take a checkpoint. */
export class CheckpointError extends Error {
  override readonly name: string;
  readonly code = "CHECKPOINT_FAILED";
  /** EXECUTION: the execution fails; INVOCATION: the invocation is tried again. */
  readonly scope: "INVOCATION" | "EXECUTION";
  constructor(scope: "INVOCATION" | "EXECUTION", cause: unknown) {
    const lost = scope === "EXECUTION" ? "Execution" : "Invocation";
    super(`[Unrecoverable ${lost}] Checkpoint failed: ${messageOf(cause)}`, { cause });
    tellingErrors.add(this);
    this.name = `CheckpointUnrecoverable${lost}Error`;
    this.scope = scope;
  }
}
