/** The files that an execution is recorded in. */

import { encodeCommit } from "../engine/machine/commit-codec.ts";
import { decodeForeignCommit } from "../engine/machine/foreign-commit.ts";
import type { Commit } from "../engine/model/commit.ts";
import { commitsOfHistory, type RecordedHistory } from "./history-commits.ts";
import { withPositions } from "./positions.ts";

/**
 * The texts of the commits of `perdure history`, with `--log` or `--json`, of AWS's own history, or of what the playground
 * exports. Ids that are hashes, as they are on the wire, are positions in the answer.
 *
 * @throws {Error} that says what is wrong with the file.
 */
export function logOf(text: string): readonly string[] {
  return withPositions(commitsOf(text)).map(encodeCommit);
}

function commitsOf(text: string): readonly Commit[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length > 0 && lines.every((line) => line.startsWith('{"v":'))) return lines.map(read);
  const { log, Events } = JSON.parse(text) as { readonly log?: unknown; readonly Events?: unknown };
  if (Array.isArray(log)) return log.map((body) => read(String(body)));
  if (Array.isArray(Events)) return commitsOfHistory(JSON.parse(text) as RecordedHistory);
  throw new Error("it has neither commits nor events.");
}

/** With the ids of callbacks as they are: for those who may not answer they are redacted. */
function read(body: string): Commit {
  return decodeForeignCommit(body, { anyCallbackId: true });
}
