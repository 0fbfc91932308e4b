/**
 * Which updates may follow on the recorded operations: AWS's rules, in the order in which AWS's local checkpoint server
 * looks at them, with its messages. All of a batch is judged against the state before the batch, as there. The rules of
 * one type alone are in its kind's record.
 */

import type { Operation, OperationType } from "../model/operation.ts";
import type { OperationUpdate } from "../model/update.ts";
import type { MachineRejection } from "./command.ts";
import { invalid } from "./command.ts";
import { kindNamed } from "./kinds/kinds.ts";
import { executionRules } from "./kinds/rules.ts";
import { checkUpdate } from "./limits.ts";

/**
 * Why an update is refused that may be at its place in the batch; undefined if the update is legal. `known` is the
 * operation recorded under its id, `first` the first update of the batch about the same operation.
 */
export function refusal(
  update: OperationUpdate,
  known: Operation | undefined,
  first: OperationUpdate | undefined,
): MachineRejection | undefined {
  const limited = checkUpdate(update);
  if (limited !== undefined) return limited;
  const rules = update.type === "EXECUTION" ? executionRules : kindNamed(update.type);
  if (rules === undefined) return invalid("Unknown operation type.");
  if (!rules.actions.includes(update.action)) return invalid("Invalid action for the given operation type.");
  const illegal = rules.illegalTransition(update, known) ?? changedIdentity(update, known ?? first);
  return illegal === undefined ? rules.check(update) : invalid(illegal);
}

function changedIdentity(update: OperationUpdate, known: Operation | OperationUpdate | undefined): string | undefined {
  if (known === undefined || update.type === "EXECUTION") return undefined;
  return changedType(update, known.type) ?? changedPlace(update, known);
}

/** Why an update of one type cannot be about this operation, when AWS's own rules let it pass. */
function changedType({ id, type }: OperationUpdate, recorded: OperationType): string | undefined {
  return recorded === type ? undefined : `Operation ${id} is a ${recorded} and cannot become a ${type}.`;
}

/** The fields of an operation that no later update may change. */
interface OperationPlace {
  readonly name?: string | undefined;
  readonly parentId?: string | undefined;
}

/** Why an update is about another operation than `known` of the same id. Fields that it leaves out stay the same. */
function changedPlace({ id, name, parentId }: OperationUpdate, known: OperationPlace): string | undefined {
  if (parentId && parentId !== known.parentId) return "Invalid parent operation id.";
  return name == null || name === known.name ? undefined : `Operation ${id} has another name.`;
}
