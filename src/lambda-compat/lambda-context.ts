import type { InvocationRequest } from "../engine/runner/function.ts";
import { formatFunctionArn } from "./arn.ts";
import type { LambdaContext } from "./types.ts";

/** A Lambda context for handlers that no Lambda runs. */
export function lambdaContextOf({ header, requestId, host, deadline }: InvocationRequest): LambdaContext {
  const { functionName, version, tenantId } = header;
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName,
    functionVersion: version,
    invokedFunctionArn: formatFunctionArn(functionName, version),
    memoryLimitInMB: "128",
    awsRequestId: requestId,
    logGroupName: `/perdure/${functionName}`,
    logStreamName: header.name,
    ...(tenantId === undefined ? {} : { tenantId }),
    getRemainingTimeInMillis: () => Math.max(0, deadline - host.now()),
    done: ignored,
    fail: ignored,
    succeed: ignored,
  };
}

/** The callback style of long ago; the handler's result counts. */
function ignored(): void {}
