/** The hooks of plugins in an invocation by one of perdure's own hosts: they are told the same as on Lambda. */

import type { FunctionOutput, InvocationRequest } from "../engine/runner/function.ts";
import type { PluginHost } from "./plugin-host.ts";
import type { DurableExecutionInvocationOutput } from "./types.ts";
import { updatedOperations } from "./updated-operations.ts";
import { errorToWire } from "./wire.ts";
import { wireId } from "./wire-id.ts";

/** Lets plugins observe an invocation, which is told the wire ids of what has changed since the last one. */
export async function observeHosted(
  plugins: PluginHost,
  { request, event }: { readonly request: InvocationRequest; readonly event: unknown },
  invoke: (updatedIds: readonly string[]) => Promise<FunctionOutput>,
): Promise<FunctionOutput> {
  const { header, requestId, arn, journal } = request;
  const updatedIds = updatedOperations(request).map(({ id }) => wireId(id));
  const observed = {
    requestId,
    arn,
    input: event,
    startedAt: header.startedAt,
    updatedIds,
    operations: () => journal,
  };
  let output: FunctionOutput = { status: "FENCED" };
  await plugins.observe(observed, async () => {
    output = await invoke(updatedIds);
    return asLambdaOutput(output);
  });
  return output;
}

function asLambdaOutput(output: FunctionOutput): DurableExecutionInvocationOutput {
  if (output.status === "SUCCEEDED") {
    return {
      Status: "SUCCEEDED",
      ...(output.result === undefined ? {} : { Result: output.result }),
    } as DurableExecutionInvocationOutput;
  }
  if (output.status === "FAILED")
    return { Status: "FAILED", Error: errorToWire(output.error) } as DurableExecutionInvocationOutput;
  return { Status: "PENDING" } as DurableExecutionInvocationOutput;
}
