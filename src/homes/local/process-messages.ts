/** The messages between an emulator and the processes of its functions. All of them are JSON. */

import type { Failure } from "../../engine/model/failure.ts";
import type {
  DurableExecutionInvocationInput,
  DurableExecutionInvocationOutput,
} from "../../lambda-compat/wire-types.ts";

/** Durable, or an ordinary handler that others invoke. */
export type FunctionKind = "durable" | "plain";

/** A function that a module exports. */
export interface ExportedFunction {
  /** The name of the export. */
  readonly exportName: string;
  readonly kind: FunctionKind;
}

/** The facts about an invocation that a handler gets beside its event. */
export interface ContextData {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly awsRequestId: string;
  readonly logStreamName: string;
  readonly tenantId?: string;
}

/** An event as it travels: its times are ISO text. */
export type InvocationEvent = DurableExecutionInvocationInput;

export interface InvokeMessage {
  readonly type: "invoke";
  readonly event: unknown;
  readonly context: ContextData;
  /** The time that the invocation has, in ms from the arrival of the message. */
  readonly remainingMs: number;
}

export type ProcessMessage =
  /** The module is loaded. `files` are those it is made of, apart from packages. */
  | { readonly type: "loaded"; readonly functions: readonly ExportedFunction[]; readonly files: readonly string[] }
  /** The module cannot be loaded, or has nothing to run. */
  | { readonly type: "unusable"; readonly error: Failure; readonly hint?: string; readonly files: readonly string[] }
  | { readonly type: "output"; readonly output: DurableExecutionInvocationOutput | string | undefined }
  | { readonly type: "thrown"; readonly error: Failure };
