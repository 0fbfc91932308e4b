import type { Failure } from "./failure.ts";
import type { OperationAction, OperationType } from "./operation.ts";

/**
 * A request of the replay half to the machine half to record something about one operation: AWS's OperationUpdate,
 * flattened. An update may come from outside the process, so the machine checks every field.
 */
export interface OperationUpdate {
  /** The operation's stored id. */
  readonly id: string;
  /** The stored id of the nearest recorded context around the operation; absent in the root. */
  readonly parentId?: string;
  /** The name that the code gave the operation. */
  readonly name?: string;
  /** The operation's type. */
  readonly type: OperationType;
  /** The kind of call that the operation comes from, such as `MapIteration`. */
  readonly subType?: string;
  /** The change to the operation. Which actions a type takes, the machine checks. */
  readonly action: OperationAction;
  /** SUCCEED and RETRY: the value as its serdes wrote it. CHAINED_INVOKE START: the input. */
  readonly payload?: string;
  /** FAIL and RETRY: the error of the operation, or of its attempt. */
  readonly error?: Failure;
  /** CONTEXT: rebuild the value by running the context again instead of reading it from the payload. */
  readonly replayChildren?: boolean;
  /**
   * CONTEXT SUCCEED and FAIL: how many results had reached user code when the context ended, as the delivery number of
   * the newest. Absent if its value reaches user code only once the end is recorded.
   */
  readonly after?: number;
  /**
   * STEP START: the function runs already, without having waited for the record, so that its start is recorded even in
   * an execution that has been paused meanwhile. Absent if the function runs once its start is recorded, and from
   * remote workers.
   */
  readonly hasBegun?: boolean;
  /** STEP RETRY: whole seconds until the next attempt, 1 to 31,622,400. */
  readonly nextAttemptDelaySeconds?: number;
  /** WAIT START: whole seconds, 1 to 31,622,400. */
  readonly waitSeconds?: number;
  /** CALLBACK START: seconds, 0 or absent for none. */
  readonly timeoutSeconds?: number;
  /** CALLBACK START: seconds from one heartbeat to the next, 0 or absent for no limit. */
  readonly heartbeatTimeoutSeconds?: number;
  /** CHAINED_INVOKE START. */
  readonly functionName?: string;
  /** CHAINED_INVOKE START: the tenant to invoke the function for. */
  readonly tenantId?: string;
  /** When the change happened, if the sender shares the machine's clock; otherwise the time of the commit counts. */
  readonly at?: number;
}
