import type { Failure } from "./failure.ts";
import type { OperationAction, OperationType } from "./operation.ts";

/**
 * What the replay half asks the machine half to record about one operation: AWS's OperationUpdate, flattened. It may
 * come from outside the process, so the machine checks every field.
 */
export interface OperationUpdate {
  readonly id: string;
  readonly parentId?: string;
  readonly name?: string;
  readonly type: OperationType;
  readonly subType?: string;
  readonly action: OperationAction;
  readonly payload?: string;
  readonly error?: Failure;
  /** CONTEXT: rebuild the value by running the context again instead of reading it from the payload. */
  readonly replayChildren?: boolean;
  /**
   * CONTEXT SUCCEED and FAIL: how many results had reached user code when the context ended, as the delivery number of
   * the newest. Absent if its value reaches user code only once the end is recorded.
   */
  readonly after?: number;
  /** STEP RETRY: whole seconds until the next attempt, 1 to 31,622,400. */
  readonly nextAttemptDelaySeconds?: number;
  /** WAIT START: whole seconds, 1 to 31,622,400. */
  readonly waitSeconds?: number;
  /** CALLBACK START: seconds, 0 or absent for none. */
  readonly timeoutSeconds?: number;
  readonly heartbeatTimeoutSeconds?: number;
  /** CHAINED_INVOKE START. */
  readonly functionName?: string;
  readonly tenantId?: string;
  /** When it happened, if the sender shares the machine's clock; otherwise the time of the commit counts. */
  readonly at?: number;
}
