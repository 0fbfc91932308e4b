/**
 * The properties of a type of operation that both halves, the wire and the tests need; those that its record in
 * machine/kinds or its class in replay/operations needs alone are there. A type that is missing here does not compile.
 */

import type { Operation, OperationOf, RecordedType } from "./operation.ts";

/** The properties that all operations of one type share. */
export interface OperationTraits<Op extends Operation = Operation> {
  /** When time alone changes the operation next, ms since the epoch; undefined if time alone never does. */
  dueAt(operation: Op): number | undefined;
  /** True if the start is recorded as a result of its own (`opened`): a callback's id reaches user code so. */
  readonly startIsResult: boolean;
  /** True if the operation may end at any time for a reason outside the execution. */
  readonly isOpenEnded: boolean;
  /**
   * True if code that runs in an invocation gives the operation its outcome. Such an outcome reaches user code in the
   * invocation that records it; any other may be recorded after the last invocation has ended.
   */
  readonly isSettledByCode: boolean;
}

type TraitsOfAll = { readonly [Type in RecordedType]: OperationTraits<OperationOf<Type>> };

/** The traits of every type. */
export const operationTraits: Readonly<Record<RecordedType, OperationTraits>> = {
  CONTEXT: { dueAt: () => undefined, startIsResult: false, isOpenEnded: false, isSettledByCode: true },
  STEP: {
    dueAt: ({ status, nextAttemptAt }) => (status === "PENDING" ? nextAttemptAt : undefined),
    startIsResult: false,
    isOpenEnded: false,
    isSettledByCode: true,
  },
  WAIT: { dueAt: ({ dueAt }) => dueAt, startIsResult: false, isOpenEnded: false, isSettledByCode: false },
  CALLBACK: {
    dueAt: ({ timeoutAt, heartbeatAt }) =>
      timeoutAt === undefined || heartbeatAt === undefined
        ? (timeoutAt ?? heartbeatAt)
        : Math.min(timeoutAt, heartbeatAt),
    startIsResult: true,
    isOpenEnded: true,
    isSettledByCode: false,
  },
  CHAINED_INVOKE: { dueAt: () => undefined, startIsResult: false, isOpenEnded: true, isSettledByCode: false },
} satisfies TraitsOfAll;

/**
 * When time alone changes an open operation next: the end of a wait, the next attempt of a step, the earlier of a
 * callback's two deadlines. Milliseconds since the epoch; undefined if time alone never changes it.
 */
export function dueTimeOf(operation: Operation): number | undefined {
  return operationTraits[operation.type].dueAt(operation);
}
