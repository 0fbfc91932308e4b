/**
 * A kind of operation, as the machine sees it: one record with everything that differs from kind to kind. The machine's
 * other files know no type by name, apart from contexts, which alone contain operations. docs/guides/new-operation-kind.md
 * adds a kind step by step.
 */

import type {
  Fact,
  OperationEnded,
  OperationFailed,
  OperationRetried,
  OperationStarted,
  OperationSucceeded,
} from "../../model/commit.ts";
import type { Draft } from "../../model/draft.ts";
import type { HistoryEvent, HistoryEventType } from "../../model/history.ts";
import type { Operation, OperationAction, OperationStatus } from "../../model/operation.ts";
import type { OperationUpdate } from "../../model/update.ts";
import type { DecisionEnvironment, MachineRejection } from "../command.ts";
import type { ExecutionState } from "../state.ts";

/** A fact about an operation. */
export type OperationFact = Extract<Fact, { readonly id: string }>;

/** A fact that may be the first one about its operation. */
export type IntroducingFact = OperationStarted | OperationSucceeded | OperationFailed | OperationRetried;

/** A fact that gives an operation its outcome. */
export type SettlingFact = OperationSucceeded | OperationFailed | OperationEnded;

/** The fact that an operation's update may become; which of its fields an update may carry was checked before. */
export interface UpdateFact
  extends Omit<OperationStarted, "kind">,
    Omit<OperationSucceeded, "kind">,
    Omit<OperationFailed, "kind"> {
  /** The fact's kind, which follows from the update's action. */
  readonly kind: "STARTED" | "SUCCEEDED" | "FAILED" | "RETRIED" | "CANCELLED";
  /** RETRIED: whole seconds until the next attempt. */
  readonly delaySeconds?: number;
}

/** The surroundings of a START that becomes a fact. */
export interface Beginning {
  /** The execution as it is before the batch. */
  readonly state: ExecutionState;
  /** The time of the commit, and chance. */
  readonly env: DecisionEnvironment;
}

/** The parts of an operation's earlier events that later events repeat. */
export interface EventSubject {
  /** Attempts finished so far. */
  attempt: number;
  /** How long a wait was to take. */
  waitSeconds: number | undefined;
}

/** The rules for updates of one type of operation, or of the execution itself. */
export interface UpdateRules {
  /** Every action that there is for this type. */
  readonly actions: readonly OperationAction[];
  /** Why the update cannot follow on `known`, the operation recorded under its id: AWS's message, or undefined. */
  illegalTransition(update: OperationUpdate, known: Operation | undefined): string | undefined;
  /** The limits on updates of this type alone, checked last. */
  check(update: OperationUpdate): MachineRejection | undefined;
}

/** The part of the state that has the open operations of one kind. Their timers are not kept here. */
export interface OpenRegister<Op extends Operation = Operation> {
  /** Adds an operation that has started; false if it cannot have started. */
  open(state: ExecutionState, operation: Draft<Op>): boolean;
  /** Takes an operation out: it has ended, or a context around it. */
  close(state: ExecutionState, operation: Op): void;
  /** Takes every operation out: the execution has ended. */
  closeAll(state: ExecutionState): void;
  /** True if any operation is open. */
  isUsed(state: ExecutionState): boolean;
}

/**
 * All that the machine knows of one kind of operation, but for its invariants: those are for tests and doctors, and
 * stand in invariants.ts by type, so that no bundle carries them in vain.
 */
export interface OperationKind<Op extends Operation = Operation> extends UpdateRules {
  /** The type's name, under which the record stands in the table. */
  readonly type: Op["type"];
  /** True if one batch may hold the START of an operation and one update that follows on it. */
  readonly mayFollowStart: boolean;

  /** Writes into the fact what a START stores beside the introduction. */
  begin(fact: Draft<UpdateFact>, update: OperationUpdate, beginning: Beginning): void;
  /** Writes into the fact what any other action stores beside a result or an error. */
  conclude(fact: Draft<UpdateFact>, update: OperationUpdate): void;

  /**
   * The operation as the first fact about it, of the time `at`, describes it, without its place and names; undefined if
   * such a fact cannot be the first one.
   */
  introduce(fact: IntroducingFact, at: number): Draft<Op> | undefined;
  /**
   * The operation after a fact that is neither its first nor its last, of the time `at`; undefined if the fact cannot
   * follow. The timer follows from the operation's due time.
   */
  progress(operation: Op, fact: OperationFact, at: number): Op | undefined;
  /** True if the operation, as it is, may end with this status. */
  mayEnd(operation: Op, status: OperationStatus): boolean;
  /** A copy to take the outcome, without the fields that only an unfinished operation has. */
  finish(operation: Op, fact: SettlingFact): Draft<Op>;

  /** Where commands from outside find the open operations that they end; undefined for kinds that end otherwise. */
  readonly register: OpenRegister<Op> | undefined;
  /** The fact that becomes true when an operation's due time has come; undefined for kinds without due times. */
  fired(operation: Op): OperationFact | undefined;

  /**
   * The event of the history that each fact stands for, if there is one. A `RETRIED` without an error reads as the
   * event of `SUCCEEDED`.
   */
  readonly events: Readonly<Record<OperationFact["kind"], HistoryEventType | undefined>>;
  /** Writes into the event the data of the kind, beside a result or an error. */
  describe(event: Draft<HistoryEvent>, fact: OperationFact, subject: EventSubject): void;
}
