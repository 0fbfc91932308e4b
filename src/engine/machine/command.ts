/** Commands to the machine. A command reports an event or states a wish; the machine answers with facts. */

import type { CopiedCommit, Fact } from "../model/commit.ts";
import type { ForkReference, HaltReason, ParentReference } from "../model/execution.ts";
import type { Failure } from "../model/failure.ts";
import type { Tags } from "../model/tags.ts";
import type { OperationUpdate } from "../model/update.ts";

export interface StartExecution {
  readonly type: "START_EXECUTION";
  readonly functionName: string;
  /** 1 to 64 of `[a-zA-Z0-9-_]`. */
  readonly name: string;
  readonly version: string;
  /** A random one when absent. */
  readonly incarnation?: string;
  /** The event as JSON text. */
  readonly input?: string;
  /** 1 to 31,622,400; none when absent. */
  readonly executionTimeoutSeconds?: number;
  /** 1 to 90. */
  readonly retentionDays: number;
  readonly parent?: ParentReference;
  readonly tenantId?: string;
  readonly traceHeader?: string;
  readonly tags?: Tags;
  /** Ms since the epoch, at most 366 days ahead; a time in the past counts as none. */
  readonly startAt?: number;
  readonly fork?: ForkOrigin;
}

/** The content that a fork begins with. */
export interface ForkOrigin {
  readonly from: ForkReference;
  readonly commits: readonly CopiedCommit[];
  /** The tags that the source was started with; the copied commits change them as they did in the source. */
  readonly tags?: Tags;
}

/** All updates are recorded or none. */
export interface Checkpoint {
  readonly type: "CHECKPOINT";
  readonly updates: readonly OperationUpdate[];
}

/** Records everything that is due: timers, timeouts, the execution's own timeout. */
export interface FireTimers {
  readonly type: "FIRE_TIMERS";
}

export interface CompleteCallback {
  readonly type: "COMPLETE_CALLBACK";
  readonly callbackId: string;
  readonly outcome:
    | { readonly type: "SUCCEEDED"; readonly result?: string }
    | { readonly type: "FAILED"; readonly error: Failure }
    | { readonly type: "HEARTBEAT" };
}

/** The callee of a chained invoke has ended. Changes nothing if the invoke is no longer open. */
export interface CompleteInvoke {
  readonly type: "COMPLETE_INVOKE";
  readonly operationId: string;
  /** See `ParentReference`. */
  readonly rewinds?: number;
  readonly outcome: {
    readonly type: "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "STOPPED";
    readonly result?: string;
    readonly error?: Failure;
  };
}

export interface Stop {
  readonly type: "STOP";
  readonly error?: Failure;
}

export type InvocationOutput =
  | { readonly status: "SUCCEEDED"; readonly result?: string }
  | { readonly status: "FAILED"; readonly error: Failure }
  | {
      readonly status: "PENDING";
      /** Invoke again at once: the invocation was told of something that it has not looked at. */
      readonly again?: boolean;
      /**
       * The number of the newest commit that the invocation has taken into account: it is invoked again at once if
       * something came from outside after that. When absent, if anything came from outside since it last wrote.
       */
      readonly seen?: number;
    }
  /** The invocation broke; `retryAt` (ms since the epoch) is when to try again. */
  | { readonly status: "FAULT"; readonly error: Failure; readonly retryAt: number };

export interface InvocationIdentity {
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export interface CompleteInvocation extends InvocationIdentity {
  readonly type: "COMPLETE_INVOCATION";
  readonly output: InvocationOutput;
}

/** Nothing is invoked from here on until the execution is resumed. */
export interface HaltExecution {
  readonly type: "HALT";
  readonly reason: HaltReason;
  readonly error: Failure;
  /** The invocation that ends with the halt, if one ran. */
  readonly invocation?: InvocationIdentity;
}

export interface ResumeExecution {
  readonly type: "RESUME";
  /** Only after a halt for this reason: after another halt, or without any, nothing changes. */
  readonly after?: HaltReason;
  /** The version to go on with, if it changes. */
  readonly version?: string;
}

/** Nothing begins from here on until the execution is resumed by hand. */
export interface PauseExecution {
  readonly type: "PAUSE";
  /** Why, for people; at most 1,024 characters. */
  readonly reason?: string;
  /** Only until the execution is rewound, by the process that asks for it. A pause by an operator takes its place. */
  readonly isForRewind?: boolean;
}

/** Removes an execution that has ended before its retention is over. */
export interface PurgeExecution {
  readonly type: "PURGE";
}

/** Goes back to the records up to a point. Changes nothing if the log has gone on since `seq`. */
export interface RewindExecution {
  readonly type: "REWIND";
  /** The number of the last commit of the log that `commits` was made from. */
  readonly seq: number;
  /** See `ExecutionRewound`. */
  readonly cursor: number;
  /** See `ExecutionRewound`. */
  readonly operationId?: string;
  /** The version to go on with, if it changes. */
  readonly version?: string;
  readonly commits: readonly CopiedCommit[];
  /** See `ExecutionRewound`. */
  readonly tags?: Tags;
}

/** Another execution began as a copy of this one. */
export interface NoteFork {
  readonly type: "NOTE_FORK";
  readonly executionId: string;
  readonly incarnation: string;
  readonly version: string;
}

/** The parent's log holds the outcome. */
export interface NotifyParent {
  readonly type: "NOTIFY_PARENT";
}

/** Records that the invocation which writes this still runs. */
export interface RenewLease {
  readonly type: "RENEW";
}

/** One thing that may be asked of an execution, by its type. */
export type Command =
  | StartExecution
  | Checkpoint
  | FireTimers
  | CompleteCallback
  | CompleteInvoke
  | Stop
  | CompleteInvocation
  | HaltExecution
  | ResumeExecution
  | NotifyParent
  | RenewLease
  | PauseExecution
  | PurgeExecution
  | NoteFork
  | RewindExecution;

/** Time and chance, as arguments. */
export interface DecisionEnvironment {
  /** Milliseconds since the epoch: the time of the commit that will carry the facts. */
  readonly now: number;
  /** 32 lower-case hex digits from a cryptographic source. */
  randomId(): string;
  /** How many operations the execution may have; no limit when absent. */
  readonly maxOperations?: number;
}

/** Why the machine refuses a command; the names are those of the Lambda API. */
export const RejectionCode = {
  INVALID_PARAMETER: "InvalidParameterValueException",
  NOT_FOUND: "ResourceNotFoundException",
  ALREADY_STARTED: "DurableExecutionAlreadyStartedException",
  CALLBACK_CLOSED: "CallbackTimeoutException",
  THROTTLED: "TooManyRequestsException",
} as const;
export type RejectionCode = (typeof RejectionCode)[keyof typeof RejectionCode];

/** Why the machine refuses a command. */
export interface MachineRejection {
  /** The name of the Lambda API's exception. */
  readonly code: RejectionCode;
  /** What is wrong, for people. */
  readonly message: string;
  /** The size of a value that exceeds a limit. */
  readonly size?: number;
  /** The limit that was exceeded, in the unit that the message names. */
  readonly limit?: number;
}

/** The outcome of a command: facts to append (none when nothing changes), or a refusal that changes nothing. */
export type Decision =
  | {
      readonly facts: readonly Fact[];
      /** A commit is written without any facts: its owner and its time say everything. */
      readonly isSign?: true;
    }
  | { readonly rejected: MachineRejection };

export function rejected(code: RejectionCode, message: string): Decision {
  return { rejected: { code, message } };
}

export function invalid(message: string): MachineRejection {
  return { code: RejectionCode.INVALID_PARAMETER, message };
}

export const NOTHING_CHANGES: Decision = { facts: [] };
