/** The log of an execution, as a perdure host keeps it; see docs/log-format.md. */

import { decodeCommit } from "../engine/machine/commit-codec.ts";
import { HistoryReader } from "../engine/machine/history.ts";
import type { Api } from "./api/api.ts";
import { newestEventId } from "./executions.ts";

/** The texts of its commits. The stream of one that runs has no end: it is read up to the newest event of now. */
export async function readLog(api: Api, arn: string): Promise<readonly string[]> {
  const newest = await newestEventId(api, arn);
  const reader = new HistoryReader();
  const bodies: string[] = [];
  for await (const body of api.commits(arn)) {
    reader.read(decodeCommit(body));
    bodies.push(body);
    if (reader.lastId >= newest) break;
  }
  return bodies;
}
