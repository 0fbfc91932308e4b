/** An execution that a chained invoke has started tells the execution that invoked it how it ended. */

import type { ExecutionHeader } from "../model/execution.ts";
import { ClientError, ClientErrorCode, type ExecutionClient, type InvokeOutcome } from "./client.ts";

/** Resolves once the parent knows the outcome. A parent that is no longer retained waits for nothing. */
export async function tellParent(header: ExecutionHeader, peers: ExecutionClient): Promise<void> {
  if (header.parent === undefined) return;
  try {
    await peers.completeInvoke(header.parent, outcomeOf(header));
  } catch (error) {
    if (!(error instanceof ClientError && error.code === ClientErrorCode.NOT_FOUND)) throw error;
  }
}

function outcomeOf(header: ExecutionHeader): InvokeOutcome {
  if (header.status === "SUCCEEDED")
    return { status: "SUCCEEDED", ...(header.result === undefined ? {} : { result: header.result }) };
  const status = header.status === "RUNNING" ? "FAILED" : header.status;
  return { status, ...(header.error === undefined ? {} : { error: header.error }) };
}
