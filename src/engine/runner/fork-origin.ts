/** Reads the content that a fork begins with, wherever the log of its source is. */

import type { ForkOrigin } from "../machine/command.ts";
import { decodeCommit } from "../machine/commit-codec.ts";
import { copyOf, type CopyPoint, firstTags } from "../machine/copy.ts";
import { incarnationOf } from "../machine/incarnation.ts";
import type { Commit } from "../model/commit.ts";
import type { ForkReference } from "../model/execution.ts";
import { ClientError, ClientErrorCode, type ExecutionClient } from "./client.ts";
import { unknownExecution } from "./sessions.ts";

/** @throws {ClientError} ResourceNotFoundException for a log, or an operation in it, that there is not. */
export async function readOrigin(from: ForkReference, peers: ExecutionClient): Promise<ForkOrigin> {
  const log = await readLog(from, peers);
  const commits = copyOf(log, pointOf(from));
  const tags = firstTags(log);
  if (commits !== undefined) return tags === undefined ? { from, commits } : { from, commits, tags };
  const message = `Execution ${from.executionId} has no operation ${from.operationId}.`;
  throw new ClientError(ClientErrorCode.NOT_FOUND, message);
}

async function readLog({ executionId, incarnation, cursor }: ForkReference, peers: ExecutionClient): Promise<Commit[]> {
  const commits: Commit[] = [];
  for await (const { seq, body } of peers.watch(executionId, 0)) {
    if (seq === 1 && incarnationOf(body) !== incarnation) break;
    commits.push(decodeCommit(body));
    if (seq === cursor) return commits;
  }
  throw unknownExecution(executionId);
}

function pointOf({ operationId, isLatest, cursor }: ForkReference): CopyPoint {
  if (operationId !== undefined) return { type: "OPERATION", id: operationId };
  return isLatest === true ? { type: "LATEST" } : { type: "COMMIT", seq: cursor };
}
