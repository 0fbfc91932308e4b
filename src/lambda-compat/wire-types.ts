/** The shapes of AWS's durable execution API, as its SDK exports them. */

import type { ErrorObject } from "../engine/model/errors.ts";
import type { OperationAction, OperationStatus, OperationType } from "../engine/model/operation.ts";
import type { InvocationStatus } from "./literals.ts";

export type { ErrorObject } from "../engine/model/errors.ts";

/** A client may leave timestamps as they came (ISO text) or have them parsed. */
export type WireTimestamp = Date | string;

/** The execution's own details on the wire. */
export interface ExecutionDetails {
  /** The event, as JSON text. */
  InputPayload?: string | undefined;
}

/** The details of a context on the wire. */
export interface ContextDetails {
  /** True if its value is rebuilt by running it again. */
  ReplayChildren?: boolean | undefined;
  /** Its value as its serdes wrote it, or a summary. */
  Result?: string | undefined;
  /** The context's failure. */
  Error?: ErrorObject | undefined;
}

/** The details of a step on the wire. */
export interface StepDetails {
  /** Attempts that have finished. */
  Attempt?: number | undefined;
  /** When its next attempt is due. */
  NextAttemptTimestamp?: Date | undefined;
  /** Its value, or the state of a condition, as its serdes wrote it. */
  Result?: string | undefined;
  /** The failure of the step, or of its last attempt. */
  Error?: ErrorObject | undefined;
}

/** StepDetails with timestamps as they came. */
export interface WireStepDetails extends Omit<StepDetails, "NextAttemptTimestamp"> {
  /** When its next attempt is due. */
  NextAttemptTimestamp?: WireTimestamp | undefined;
}

/** The details of a wait on the wire. */
export interface WaitDetails {
  /** When it is over. */
  ScheduledEndTimestamp?: Date | undefined;
}

/** WaitDetails with timestamps as they came. */
export interface WireWaitDetails {
  /** When it is over. */
  ScheduledEndTimestamp?: WireTimestamp | undefined;
}

/** The details of a callback on the wire. */
export interface CallbackDetails {
  /** The id by which the outside completes it. */
  CallbackId?: string | undefined;
  /** The payload of its success. */
  Result?: string | undefined;
  /** The error of its failure. */
  Error?: ErrorObject | undefined;
}

/** The details of an invoke on the wire. */
export interface ChainedInvokeDetails {
  /** The result of the invoked function. */
  Result?: string | undefined;
  /** The failure of the invoked function. */
  Error?: ErrorObject | undefined;
}

/** An operation on the wire. */
export interface Operation {
  /** 1 to 64 characters: the hash of its position. */
  Id: string | undefined;
  /** The id of the nearest recorded context around it; absent in the root. */
  ParentId?: string | undefined;
  /** Its name; absent without one. */
  Name?: string | undefined;
  /** Its type. */
  Type: OperationType | undefined;
  /** The kind of call that the operation comes from, such as `MapIteration`. */
  SubType?: string | undefined;
  /** When it started. */
  StartTimestamp: Date | undefined;
  /** When it had its outcome. */
  EndTimestamp?: Date | undefined;
  /** The operation's status. */
  Status: OperationStatus | undefined;
  /** Of the execution itself. */
  ExecutionDetails?: ExecutionDetails | undefined;
  /** Of a context. */
  ContextDetails?: ContextDetails | undefined;
  /** Of a step or a condition. */
  StepDetails?: StepDetails | undefined;
  /** Of a wait. */
  WaitDetails?: WaitDetails | undefined;
  /** Of a callback. */
  CallbackDetails?: CallbackDetails | undefined;
  /** Of an invoke. */
  ChainedInvokeDetails?: ChainedInvokeDetails | undefined;
}

/** An operation with timestamps as they came. */
export interface WireOperation
  extends Omit<Operation, "StartTimestamp" | "EndTimestamp" | "StepDetails" | "WaitDetails"> {
  /** When it started. */
  StartTimestamp: WireTimestamp | undefined;
  /** When it had its outcome. */
  EndTimestamp?: WireTimestamp | undefined;
  /** Of a step or a condition. */
  StepDetails?: WireStepDetails | undefined;
  /** Of a wait. */
  WaitDetails?: WireWaitDetails | undefined;
}

/** The options of a context in an update. */
export interface ContextOptions {
  /** True if its value is to be rebuilt by running it again. */
  ReplayChildren?: boolean | undefined;
}

/** The options of a step in an update. */
export interface StepOptions {
  /** Whole seconds until the next attempt, 1 to 31,622,400. */
  NextAttemptDelaySeconds?: number | undefined;
}

/** The options of a wait in an update. */
export interface WaitOptions {
  /** Whole seconds, 1 to 31,622,400. */
  WaitSeconds?: number | undefined;
}

/** The options of a callback in an update. */
export interface CallbackOptions {
  /** Seconds until it times out, 0 or absent for never. */
  TimeoutSeconds?: number | undefined;
  /** Seconds from one heartbeat to the next, 0 or absent for no limit. */
  HeartbeatTimeoutSeconds?: number | undefined;
}

/** The options of an invoke in an update. */
export interface ChainedInvokeOptions {
  /** The name or ARN of the function. */
  FunctionName: string | undefined;
  /** The tenant to invoke it for. */
  TenantId?: string | undefined;
}

/** A record to be made of one operation. */
export interface OperationUpdate {
  /** The operation's id. */
  Id: string | undefined;
  /** The id of the nearest recorded context around it; absent in the root. */
  ParentId?: string | undefined;
  /** Its name; absent without one. */
  Name?: string | undefined;
  /** Its type. */
  Type: OperationType | undefined;
  /** The kind of call that the operation comes from, such as `MapIteration`. */
  SubType?: string | undefined;
  /** The action on the operation. */
  Action: OperationAction | undefined;
  /** Its value, state or input as its serdes wrote it. */
  Payload?: string | undefined;
  /** The failure of the operation, or of its attempt. */
  Error?: ErrorObject | undefined;
  /** Of a context. */
  ContextOptions?: ContextOptions | undefined;
  /** Of a step. */
  StepOptions?: StepOptions | undefined;
  /** Of a wait. */
  WaitOptions?: WaitOptions | undefined;
  /** Of a callback. */
  CallbackOptions?: CallbackOptions | undefined;
  /** Of an invoke. */
  ChainedInvokeOptions?: ChainedInvokeOptions | undefined;
}

/** The operations that have changed since the answer before. */
export interface CheckpointUpdatedExecutionState {
  /** The operations that have changed. */
  Operations?: WireOperation[] | undefined;
  /** The marker of the next page; absent on the last one. */
  NextMarker?: string | undefined;
}

/** The request of a checkpoint. */
export interface CheckpointDurableExecutionRequest {
  /** The execution's ARN. */
  DurableExecutionArn: string | undefined;
  /** The token that the invocation, or the answer before, came with. */
  CheckpointToken: string | undefined;
  /** The updates to record, in order; none asks for changes only. */
  Updates?: OperationUpdate[] | undefined;
  /** Makes a repeated request one; AWS's SDK sends none. */
  ClientToken?: string | undefined;
}

/** The answer to a checkpoint. */
export interface CheckpointDurableExecutionResponse {
  /** The token for the next request. */
  CheckpointToken?: string | undefined;
  /** The operations that have changed since the answer before. */
  NewExecutionState: CheckpointUpdatedExecutionState | undefined;
}

/** Asks for a page of an execution's operations. */
export interface GetDurableExecutionStateRequest {
  /** The execution's ARN. */
  DurableExecutionArn: string | undefined;
  /** The token that the invocation, or the answer before, came with. */
  CheckpointToken: string | undefined;
  /** The marker of the page, from the page before; absent for the first one. */
  Marker?: string | undefined;
  /** The most operations of a page; up to 1000. */
  MaxItems?: number | undefined;
}

/** A page of an execution's operations. */
export interface GetDurableExecutionStateResponse {
  /** In the order in which they started. */
  Operations: WireOperation[] | undefined;
  /** The marker of the next page; absent on the last one. */
  NextMarker?: string | undefined;
}

/** The event that a durable function is invoked with. */
export interface DurableExecutionInvocationInput {
  /** The execution's ARN. */
  DurableExecutionArn: string;
  /** The token for the first request. */
  CheckpointToken: string;
  /** The ids of the operations that changed since the previous invocation. */
  UpdatedOperationIds?: string[];
  /** The first page of the execution's operations; the first of them is the execution itself. */
  InitialExecutionState: {
    Operations: WireOperation[];
    NextMarker?: string | undefined;
  };
}

/** The answer of a durable function: an outcome, or PENDING if it is suspended. */
export type DurableExecutionInvocationOutput =
  | { Status: InvocationStatus.SUCCEEDED; Result?: string }
  | { Status: InvocationStatus.FAILED; Error: ErrorObject }
  | { Status: InvocationStatus.PENDING };
