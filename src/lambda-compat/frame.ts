/** What all contexts of one invocation share. */

import type { Invocation } from "../engine/replay/invocation.ts";
import type { CallOptions } from "../engine/replay/called-operation.ts";
import { Attempts } from "../engine/replay/operations/attempts.ts";
import { Scope } from "../engine/replay/scope.ts";
import { wireId } from "./wire-id.ts";
import type { DurableLogData, LambdaContext } from "./types.ts";

export interface Frame {
  readonly invocation: Invocation;
  readonly lambdaContext: LambdaContext;
  readonly executionContext: { readonly durableExecutionArn: string };
}

/** Where the code that logs stands, as loggers are told. */
export function logDataOf({ invocation, lambdaContext, executionContext }: Frame): DurableLogData {
  const { durableExecutionArn: executionArn } = executionContext;
  const data: DurableLogData = { executionArn, requestId: lambdaContext.awsRequestId };
  if (lambdaContext.tenantId !== undefined) data.tenantId = lambdaContext.tenantId;
  const place = placeOf(invocation.host.ambient.get());
  if (place === undefined) return data;
  data.operationId = wireId(place.position);
  if (place.name !== undefined) data.operationName = place.name;
  if (place instanceof Attempts) data.attempt = place.attempt;
  return data;
}

function placeOf(ambient: unknown): Attempts<unknown, CallOptions> | Scope | undefined {
  if (ambient instanceof Attempts) return ambient;
  return ambient instanceof Scope && ambient.position !== "" ? ambient : undefined;
}
