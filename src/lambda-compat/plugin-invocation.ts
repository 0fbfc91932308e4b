/** Tells plugins of an invocation as a whole. */

import { errorFromFailure } from "../engine/model/errors.ts";
import type { Operation } from "../engine/model/operation.ts";
import { operationInfo, type PluginDispatcher } from "./plugin-dispatcher.ts";
import type { InvocationInfo, OperationInfo, PluginInvocationStatus } from "./plugins.ts";
import type { DurableExecutionInvocationOutput } from "./types.ts";
import { errorFromWire } from "./wire.ts";

export interface ObservedInvocation {
  readonly requestId: string;
  readonly arn: string;
  readonly input: unknown;
  readonly startedAt: number | undefined;
  /** By wire id. */
  readonly updatedIds: readonly string[];
  /** The recorded operations at the time of the call. */
  readonly operations: () => readonly Operation[];
}

type Output = DurableExecutionInvocationOutput;

/** The information for plugins about an invocation that begins. */
export function invocationInfo(observed: ObservedInvocation): InvocationInfo {
  const operations = infos(observed.operations());
  const updated = Object.entries(operations).filter(([id]) => observed.updatedIds.includes(id));
  return {
    requestId: observed.requestId,
    executionArn: observed.arn,
    executionInput: observed.input,
    operations,
    ...(observed.startedAt === undefined ? {} : { executionStartTimestamp: new Date(observed.startedAt) }),
    isFirstInvocation: updated.length === 0 && Object.keys(operations).length === 0,
    updatedOperations: Object.fromEntries(updated),
  };
}

/** Runs `invoke` with the plugins around it. What it throws is what the caller gets. */
export async function observeInvocation(
  plugins: PluginDispatcher,
  { observed, info }: { readonly observed: ObservedInvocation; readonly info: InvocationInfo },
  invoke: () => Promise<Output>,
): Promise<Output> {
  const { isFirstInvocation: _first, updatedOperations: _updated, ...base } = info;
  await plugins.onInvocationStart(info);
  const end = (
    status: PluginInvocationStatus,
    outcome: { executionResult?: unknown; executionError?: Error },
  ): Promise<void> =>
    plugins.onInvocationEnd({ ...base, operations: infos(observed.operations()), status, ...outcome });
  const invokeAndTell = async (): Promise<Output> => {
    try {
      const output = await invoke();
      await end(output.Status, outcomeOf(output));
      return output;
    } catch (error) {
      await end("RETRYING", error instanceof Error ? { executionError: error } : {});
      throw error;
    }
  };
  return plugins.wrapInvocation(info, invokeAndTell);
}

function outcomeOf(output: Output): { executionResult?: unknown; executionError?: Error } {
  if (output.Status === "FAILED") return { executionError: errorFromFailure(errorFromWire(output.Error)) };
  return output.Status === "SUCCEEDED" && output.Result
    ? { executionResult: JSON.parse(output.Result) as unknown }
    : {};
}

function infos(operations: readonly Operation[]): Record<string, OperationInfo> {
  return Object.fromEntries(operations.map((operation) => operationInfo(operation)).map((info) => [info.id, info]));
}
