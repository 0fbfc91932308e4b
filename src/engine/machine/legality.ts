/**
 * Which updates may follow on what is recorded: AWS's rules, in the order in which AWS's local checkpoint server looks
 * at them, with its messages. All of a batch is judged against the state before the batch, as there.
 */

import type { Operation, OperationAction, OperationType } from "../model/operation.ts";
import type { OperationUpdate } from "../model/update.ts";

const STARTS_AND_CANCELS: readonly OperationAction[] = ["START", "CANCEL"];

const ACTIONS: Readonly<Record<OperationType, readonly OperationAction[]>> = {
  STEP: ["START", "SUCCEED", "FAIL", "RETRY"],
  CONTEXT: ["START", "SUCCEED", "FAIL"],
  WAIT: STARTS_AND_CANCELS,
  CALLBACK: STARTS_AND_CANCELS,
  CHAINED_INVOKE: STARTS_AND_CANCELS,
  EXECUTION: ["SUCCEED", "FAIL"],
};

/** Why no operation of this type ever takes this action. */
export function unknownAction({ type, action }: OperationUpdate): string | undefined {
  if (!Object.hasOwn(ACTIONS, type)) return "Unknown operation type.";
  return ACTIONS[type].includes(action) ? undefined : "Invalid action for the given operation type.";
}

/** Why this update cannot follow on `known`, what is recorded under its id. */
export function illegalTransition(update: OperationUpdate, known: Operation | undefined): string | undefined {
  switch (update.type) {
    case "STEP":
      return illegalStep(update, known);
    case "CONTEXT":
      return illegalContext(update, known);
    case "EXECUTION":
      return misplacedOutcome(update);
    case "WAIT":
    case "CALLBACK":
    case "CHAINED_INVOKE":
      return illegalWaiting(update, known);
  }
}

/** Why an update of one type cannot be about this operation, when AWS's own rules let it pass. */
export function changedType(update: OperationUpdate, type: OperationType | undefined): string | undefined {
  return type === undefined || type === update.type
    ? undefined
    : `Operation ${update.id} is a ${type} and cannot become a ${update.type}.`;
}

/** What of an operation no later update may change. */
interface OperationPlace {
  readonly name?: string | undefined;
  readonly parentId?: string | undefined;
}

/** Why an update speaks of another operation than `known`, though it has its id. What it leaves out stays as it is. */
export function changedPlace({ id, name, parentId }: OperationUpdate, known: OperationPlace): string | undefined {
  if (parentId && parentId !== known.parentId) return "Invalid parent operation id.";
  return name == null || name === known.name ? undefined : `Operation ${id} has another name.`;
}

function illegalStep(update: OperationUpdate, known: Operation | undefined): string | undefined {
  switch (update.action) {
    case "START":
      return known === undefined || known.status === "READY" ? undefined : "Invalid current STEP state to start.";
    case "RETRY":
      if (!isClosable(known)) return "Invalid current STEP state to re-attempt.";
      if (update.nextAttemptDelaySeconds == null) return "Invalid StepOptions for the given action.";
      if (update.error != null && update.payload != null) {
        return "Cannot provide both error and payload to RETRY a STEP.";
      }
      return undefined;
    default:
      return isClosable(known) ? misplacedOutcome(update) : "Invalid current STEP state to close.";
  }
}

function illegalContext(update: OperationUpdate, known: Operation | undefined): string | undefined {
  if (update.action === "START") return known === undefined ? undefined : "Cannot start a CONTEXT that already exists.";
  const isOpen = known === undefined || known.status === "STARTED";
  return isOpen ? misplacedOutcome(update) : "Invalid current CONTEXT state to close.";
}

function illegalWaiting(update: OperationUpdate, known: Operation | undefined): string | undefined {
  const { type } = update;
  if (update.action === "START") return known === undefined ? undefined : `Cannot start a ${type} that already exists.`;
  return known?.status === "STARTED"
    ? undefined
    : `Cannot cancel a ${type} that does not exist or has already completed.`;
}

function isClosable(step: Operation | undefined): boolean {
  return step === undefined || step.status === "STARTED" || step.status === "READY";
}

function misplacedOutcome(update: OperationUpdate): string | undefined {
  if (update.action === "FAIL" && update.payload != null) return "Cannot provide a Payload for FAIL action.";
  if (update.action === "SUCCEED" && update.error != null) return "Cannot provide an Error for SUCCEED action.";
  return undefined;
}
