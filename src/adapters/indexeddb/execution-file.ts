/** An execution as one JSON file: its log, word for word, from which everything else follows. */

import { decodeCommit } from "../../engine/machine/commit-codec.ts";
import { fold } from "../../engine/machine/fold.ts";
import { emptyState } from "../../engine/machine/state.ts";
import type { DirectoryRow, ExecutionStore } from "../../engine/ports/execution-store.ts";
import { ClientError, ClientErrorCode } from "../../engine/runner/client.ts";
import { directoryRow } from "../../engine/runner/directory-row.ts";

const FORMAT = "perdure-execution";

export interface ExecutionFile {
  readonly format: typeof FORMAT;
  readonly version: 1;
  /** The text of each commit, see docs/log-format.md: what `replayLog` of `perdure/testing` takes. */
  readonly log: readonly string[];
}

export async function writeExecutionFile(store: ExecutionStore, id: string): Promise<ExecutionFile> {
  const log: string[] = [];
  for (let from: number | undefined = 1; from !== undefined; ) {
    const { bodies, next } = await store.read(id, from);
    log.push(...bodies);
    from = next;
  }
  if (log.length === 0) throw new ClientError(ClientErrorCode.NOT_FOUND, `Execution ${id} does not exist.`);
  return { format: FORMAT, version: 1, log };
}

/**
 * Reads a file, from wherever it comes: every commit of it is checked.
 *
 * @throws {ClientError} InvalidParameterValueException for something else.
 * @throws {CorruptLogError} CORRUPT_LOG, {UnsupportedLogVersionError} UNSUPPORTED_LOG_VERSION.
 */
export function readExecutionFile(file: ExecutionFile): {
  readonly row: DirectoryRow;
  readonly log: readonly string[];
} {
  const { format, version, log } = file;
  if (format !== FORMAT || version !== 1 || !isLog(log)) {
    throw new ClientError(
      ClientErrorCode.INVALID_PARAMETER,
      "This is no file of a perdure execution, or of a newer kind.",
    );
  }
  const state = emptyState();
  for (const body of log) fold(state, decodeCommit(body));
  return { row: directoryRow(state.header), log: [...log] };
}

function isLog(log: unknown): log is readonly string[] {
  return Array.isArray(log) && log.length > 0 && log.every((body) => typeof body === "string");
}
