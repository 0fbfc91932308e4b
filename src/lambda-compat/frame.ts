/** The parts that all contexts of one invocation share. */

import type { Invocation } from "../engine/replay/invocation.ts";
import { present } from "../engine/model/present.ts";
import type { CallOptions } from "../engine/replay/called-operation.ts";
import { Attempts } from "../engine/replay/operations/attempts.ts";
import { Scope } from "../engine/replay/scope.ts";
import type { KnownTags } from "./known-tags.ts";
import { wireId } from "./wire-id.ts";
import type { DurableLogData, LambdaContext } from "./types.ts";

export interface Frame {
  readonly invocation: Invocation;
  readonly lambdaContext: LambdaContext;
  readonly executionContext: { readonly durableExecutionArn: string };
  readonly tags: KnownTags;
}

/** The logging code's place, as loggers are told. */
export function logDataOf({ invocation, lambdaContext, executionContext }: Frame): DurableLogData {
  const { durableExecutionArn: executionArn } = executionContext;
  const place = placeOf(invocation.host.ambient.get());
  return present({
    executionArn,
    requestId: lambdaContext.awsRequestId,
    tenantId: lambdaContext.tenantId,
    operationId: place && wireId(place.position),
    operationName: place?.name,
    attempt: place instanceof Attempts ? place.attempt : undefined,
  });
}

function placeOf(ambient: unknown): Attempts<unknown, CallOptions> | Scope | undefined {
  if (ambient instanceof Attempts) return ambient;
  return ambient instanceof Scope && ambient.position !== "" ? ambient : undefined;
}
