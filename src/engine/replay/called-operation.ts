/**
 * An operation that user code has called: it takes its position, looks up the record at that position, and refuses a
 * call that differs from the record before user code can see another operation's value.
 */

import type { Draft } from "../model/draft.ts";
import { isSettled, type Operation, type OperationAction, type OperationType } from "../model/operation.ts";
import { givePresent } from "../model/present.ts";
import type { OperationUpdate } from "../model/update.ts";
import type { AmbientSnapshot } from "../ports/host.ts";
import { nonDeterminism, NonDeterministicExecutionError, type OperationIdentity } from "./faults.ts";
import type { Running } from "./instrument.ts";
import type { Scope } from "./scope.ts";

/** The options of every call of an operation. */
export interface CallOptions {
  readonly subType: string;
  readonly name?: string | undefined;
  /** Takes a position without a record: nothing is compared. */
  readonly isVirtual?: boolean | undefined;
  /** Reads the outcome; user code, unless `isJson`. */
  readonly serdes?: { readonly isJson?: boolean } | undefined;
  /** User code that makes the caller's error of the recorded one. */
  readonly mapError?: object | undefined;
}

/** What an update says beside the operation and the action. */
export type UpdateDetails = { readonly [Key in keyof OperationUpdate]?: OperationUpdate[Key] | undefined };

export class CalledOperation<Options extends CallOptions = CallOptions> {
  readonly scope: Scope;
  readonly type: OperationType;
  readonly options: Options;
  readonly position: string;
  /** The operation's stored id. */
  readonly key: string;
  readonly stored: Operation | undefined;
  #callersContext: AmbientSnapshot | undefined;

  constructor(scope: Scope, type: OperationType, options: Options) {
    const { invocation } = scope;
    this.scope = scope;
    this.type = type;
    this.options = options;
    this.position = scope.nextPosition();
    this.key = invocation.keyOf(this.position);
    this.stored = options.isVirtual === true ? undefined : invocation.stored(this.key);
    if (this.stored !== undefined) {
      compare(this, this.stored);
      invocation.instrument?.found(this.stored);
    } else if (options.isVirtual !== true && !scope.isRebuilding) invocation.leaveReplay();
    if (isReadByUserCode(options)) this.keepContext();
  }

  /**
   * The asynchronous context of the call, for user code that runs in the course of a turn: a turn may be set off by a
   * timer or by another execution's code. Undefined unless it was kept.
   */
  get callersContext(): AmbientSnapshot | undefined {
    return this.#callersContext;
  }

  /** To be called in the context of the call: keeping the context costs too much for every step, and few need one. */
  keepContext(): void {
    this.#callersContext ??= this.scope.invocation.host.ambient.snapshot();
  }

  get name(): string | undefined {
    return this.options.name;
  }

  get isSettled(): boolean {
    return this.stored !== undefined && isSettled(this.stored.status);
  }

  /** An update of this operation; of `details` what is there. */
  update(action: OperationAction, details: UpdateDetails = {}): OperationUpdate {
    const { name, scope } = this;
    const update: Draft<OperationUpdate> = {
      id: this.key,
      type: this.type,
      subType: this.options.subType,
      action,
      at: scope.invocation.host.now(),
    };
    if (scope.recordedKey !== undefined) update.parentId = scope.recordedKey;
    if (name !== undefined) update.name = name;
    return givePresent(update, details);
  }

  /** What an instrument is told of the user function that is about to run. */
  running(attempt?: number): Running {
    return {
      id: this.key,
      name: this.name,
      type: this.type,
      subType: this.options.subType,
      parentId: this.scope.recordedKey,
      isReplay: this.isSettled,
      isVirtual: this.options.isVirtual,
      attempt,
    };
  }
}

function isReadByUserCode({ serdes, mapError }: CallOptions): boolean {
  return mapError !== undefined || (serdes !== undefined && serdes.isJson !== true);
}

/** Type, then name, then sub type, as AWS compares them; the first difference is a breach. */
function compare(called: CalledOperation, stored: Operation): void {
  const { subType } = called.options;
  if (stored.type !== called.type) breach(called, stored, ["type", stored.type, called.type]);
  if (stored.name !== called.name) breach(called, stored, ["name", stored.name, called.name]);
  if (stored.subType !== subType) breach(called, stored, ["subtype", stored.subType, subType]);
}

function breach(
  called: CalledOperation,
  stored: Operation,
  difference: [string, string | undefined, string | undefined],
): void {
  const [what, expected, got] = difference;
  const { name, position: id, scope, type } = called;
  const recorded: OperationIdentity = { id, type: stored.type, name: stored.name, subType: stored.subType };
  const attempted: OperationIdentity = { id, type, name, subType: called.options.subType };
  const message =
    "[Unrecoverable Execution] " +
    nonDeterminism(`Operation ${what} mismatch for step "${id}". Expected ${what} "${expected}", but got "${got}"`) +
    // Types alone do not say which call differs; a difference of names does.
    (what !== "name" ? ` The log has ${identified(recorded)}; the code calls ${identified(attempted)}.` : "");
  scope.invocation.breach(new NonDeterministicExecutionError(message, { recorded, attempted }));
}

function identified({ type, name, subType }: OperationIdentity): string {
  return `${type} ${name === undefined ? "without a name" : `"${name}"`} (${subType ?? type})`;
}
