/** An execution as one JSON file: its log, word for word, from which everything else follows. */

import { decodeCommit } from "../../engine/machine/commit-codec.ts";
import { readForeignLog } from "../../engine/machine/foreign-log.ts";
import { fold } from "../../engine/machine/fold.ts";
import { checkText, EXECUTION_NAME, FUNCTION_NAME, VERSION } from "../../engine/machine/limits.ts";
import { emptyState } from "../../engine/machine/state.ts";
import type { ExecutionHeader } from "../../engine/model/execution.ts";
import type { DirectoryRow, ExecutionStore, LogPage, ReadOptions } from "../../engine/ports/execution-store.ts";
import { ClientError, ClientErrorCode } from "../../engine/runner/client.ts";
import { directoryRow } from "../../engine/runner/directory-row.ts";

const FORMAT = "perdure-execution";

/** What an exported execution looks like. */
export interface ExecutionFile {
  /** Always "perdure-execution". */
  readonly format: typeof FORMAT;
  /** The version of this file format. */
  readonly version: 1;
  /** The text of each commit, see docs/log-format.md: what `replayLog` of `perdure/testing` takes. */
  readonly log: readonly string[];
}

export async function writeExecutionFile(store: ExecutionStore, id: string): Promise<ExecutionFile> {
  const log: string[] = [];
  let options: ReadOptions = {};
  for (let from: number | undefined = 1; from !== undefined; ) {
    const page: LogPage | undefined = await store.read(id, from, options);
    if (page === undefined) throw new ClientError(ClientErrorCode.NOT_FOUND, `Execution ${id} does not exist.`);
    for (const body of page.bodies) log.push(body);
    options = { incarnation: incarnationOf(log) };
    from = page.next;
  }
  return { format: FORMAT, version: 1, log };
}

/** Another execution may take the name of one that is removed while it is read. */
function incarnationOf([first = ""]: readonly string[]): string {
  const state = emptyState();
  fold(state, decodeCommit(first));
  return state.header.incarnation;
}

/**
 * Reads a file, from wherever it comes: every commit of it is checked. What has ended is kept from `now` on for as long
 * as it was to be kept after its end.
 *
 * @throws {ClientError} InvalidParameterValueException for something else.
 * @throws {CorruptLogError} CORRUPT_LOG, {UnsupportedLogVersionError} UNSUPPORTED_LOG_VERSION.
 * @throws {LogLimitError} LOG_LIMIT_EXCEEDED for a log that is too large, or too deep.
 */
export function readExecutionFile(
  file: ExecutionFile,
  now: number,
): {
  readonly row: DirectoryRow;
  readonly log: readonly string[];
} {
  const { format, version, log } = file ?? {};
  if (format !== FORMAT || version !== 1 || !isLog(log)) throw noFile();
  const { state } = readForeignLog(log);
  if (!isNamed(state.header)) throw noFile();
  if (mayStillTell(state.header)) throw hasParent();
  const row = directoryRow(state);
  const { endedAt = now, expiresAt } = row;
  if (expiresAt === undefined) return { row, log: [...log] };
  return { row: { ...row, expiresAt: Math.max(expiresAt, expiresAt - endedAt + now) }, log: [...log] };
}

function noFile(): ClientError {
  return new ClientError(
    ClientErrorCode.INVALID_PARAMETER,
    "This is no file of a perdure execution, or of a newer kind.",
  );
}

/** It would tell its outcome to an execution here, which never invoked it. */
function mayStillTell({ parent, parentNotified }: ExecutionHeader): boolean {
  return parent !== undefined && parentNotified !== true;
}

function hasParent(): ClientError {
  return new ClientError(
    ClientErrorCode.INVALID_PARAMETER,
    "This execution was invoked by another one and has not told it its outcome yet: import it once it has ended, or the one that invoked it.",
  );
}

/** The names lead to the log: what could not have been started must not be there either. */
function isNamed({ functionName, name, version, incarnation }: ExecutionHeader): boolean {
  const rejection =
    checkText(functionName, FUNCTION_NAME) ?? checkText(name, EXECUTION_NAME) ?? checkText(version, VERSION);
  return rejection === undefined && typeof incarnation === "string";
}

function isLog(log: unknown): log is readonly string[] {
  return Array.isArray(log) && log.length > 0 && log.every((body) => typeof body === "string");
}
