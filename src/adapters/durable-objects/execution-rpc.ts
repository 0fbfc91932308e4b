import type { ExecutionClient } from "../../engine/runner/client.ts";
import type { Answer } from "./answer.ts";

/** The calls that one execution answers itself. */
export type ExecutionCall = Exclude<keyof ExecutionClient, "functionNames" | "hasFunction" | "list" | "watch">;

export type CallArguments<Call extends ExecutionCall> = Parameters<ExecutionClient[Call]>;
export type CallResult<Call extends ExecutionCall> = Awaited<ReturnType<ExecutionClient[Call]>>;

/** The RPC methods of an execution object. */
export interface ExecutionRpc {
  call<Call extends ExecutionCall>(call: Call, args: CallArguments<Call>): Promise<Answer<CallResult<Call>>>;
  /** The live events as `writeLive` encodes them. */
  watch(executionId: string, cursor: number): Promise<ReadableStream<Uint8Array>>;
}
