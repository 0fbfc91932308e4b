/** The start request for a fork: it names the source and the point. */

import type { ExecutionState } from "../machine/state.ts";
import type { Draft } from "../model/draft.ts";
import type { ForkReference } from "../model/execution.ts";
import { ClientError, ClientErrorCode, type ForkOptions, type StartRequest } from "./client.ts";

/** @throws {ClientError} InvalidParameterValueException for a point that cannot be. */
export function forkOrder({ header, seq }: ExecutionState, options: ForkOptions): StartRequest {
  const { operationId, cursor, version = header.version } = options;
  if (operationId !== undefined && cursor !== undefined) throw invalid("Name an operation or a commit, not both.");
  if (cursor !== undefined && !(Number.isInteger(cursor) && cursor >= 1 && cursor <= seq))
    throw invalid(`The commit is ${cursor}; it must be a whole number from 1 to ${seq}.`);
  const { id: executionId, incarnation, functionName, input, tenantId, traceHeader, startAt } = header;
  const origin: Draft<ForkReference> = { executionId, incarnation, version: header.version, cursor: cursor ?? seq };
  if (operationId !== undefined) origin.operationId = operationId;
  else if (cursor === undefined) origin.isLatest = true;
  return {
    functionName,
    version,
    forkedFrom: origin,
    ...(input !== undefined && { input }),
    ...(tenantId !== undefined && { tenantId }),
    ...(traceHeader !== undefined && { traceHeader }),
    // A fork of an execution that has not begun yet begins no sooner; a time that has come means at once.
    ...(startAt !== undefined && { startAt }),
  };
}

function invalid(message: string): ClientError {
  return new ClientError(ClientErrorCode.INVALID_PARAMETER, message);
}
