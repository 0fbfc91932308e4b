/**
 * The entrance of every operation: takes its position, finds what the log holds there, and refuses anything else than
 * what the log holds before user code can see another operation's value.
 */

import { isSettled, type Operation, type OperationAction, type OperationType } from "../model/operation.ts";
import type { OperationUpdate } from "../model/update.ts";
import { NonDeterministicExecutionError } from "./faults.ts";
import type { Running } from "./instrument.ts";
import type { Scope } from "./scope.ts";

/** What the code calls. */
export interface Call {
  readonly type: OperationType;
  readonly subType: string;
  readonly name?: string | undefined;
}

/** An operation that user code has called. */
export class Opening {
  readonly scope: Scope;
  readonly call: Call;
  readonly position: string;
  /** Its stored id. */
  readonly key: string;
  readonly stored: Operation | undefined;

  constructor(scope: Scope, call: Call, isVirtual = false) {
    const { invocation } = scope;
    this.scope = scope;
    this.call = call;
    this.position = scope.nextPosition();
    this.key = invocation.keyOf(this.position);
    this.stored = isVirtual ? undefined : invocation.stored(this.key);
    if (isVirtual) return;
    if (this.stored !== undefined) compare(this, this.stored);
    else if (!scope.isRebuilding) invocation.leaveReplay();
  }

  /** The place of a context without a record: it takes a position, and nothing is compared. */
  static virtual(scope: Scope, call: Call): Opening {
    return new Opening(scope, call, true);
  }

  get isSettled(): boolean {
    return this.stored !== undefined && isSettled(this.stored.status);
  }

  /** An update of this operation. */
  update(action: OperationAction, details: Partial<OperationUpdate> = {}): OperationUpdate {
    const { call, scope } = this;
    const update: { -readonly [Key in keyof OperationUpdate]: OperationUpdate[Key] } = {
      id: this.key,
      type: call.type,
      subType: call.subType,
      action,
      at: scope.invocation.host.now(),
    };
    if (scope.recordedKey !== undefined) update.parentId = scope.recordedKey;
    if (call.name !== undefined) update.name = call.name;
    return Object.assign(update, details);
  }

  running(attempt?: number): Running {
    const { call, scope } = this;
    return {
      id: this.key,
      name: call.name,
      type: call.type,
      subType: call.subType,
      parentId: scope.recordedKey,
      isReplay: this.stored !== undefined,
      attempt,
    };
  }
}

/** Type, then name, then sub type, as AWS compares them; the first difference is a breach. */
function compare(opening: Opening, stored: Operation): void {
  const { call } = opening;
  if (stored.type !== call.type) breach(opening, stored, ["type", stored.type, call.type]);
  if (stored.name !== call.name) breach(opening, stored, ["name", stored.name, call.name]);
  if (stored.subType !== call.subType) breach(opening, stored, ["subtype", stored.subType, call.subType]);
}

function breach(
  opening: Opening,
  stored: Operation,
  difference: [string, string | undefined, string | undefined],
): void {
  const [what, expected, got] = difference;
  const { call, position, scope } = opening;
  const message =
    `[Unrecoverable Execution] Non-deterministic execution detected: Operation ${what} mismatch for step "${position}". ` +
    `Expected ${what} "${expected}", but got "${got}". This indicates non-deterministic control flow in your workflow code.`;
  scope.invocation.breach(
    new NonDeterministicExecutionError(message, {
      recorded: { id: position, type: stored.type, name: stored.name, subType: stored.subType },
      attempted: { id: position, ...call },
    }),
  );
}
