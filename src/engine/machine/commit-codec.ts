/**
 * Commits as text. `JSON.parse` makes own properties of whatever the text holds, `__proto__` included, and the fold
 * copies known fields by name, so nothing in a log reaches a prototype.
 */

import type { Commit, LogFormatVersion } from "../model/commit.ts";
import { LOG_FORMAT_VERSION } from "../model/commit.ts";
import { CorruptLogError, UnsupportedLogVersionError } from "./log-errors.ts";

/** One line of JSON. Two commits are the same exactly if their text is. */
export function encodeCommit(commit: Commit): string {
  return JSON.stringify(commit);
}

/**
 * @throws {UnsupportedLogVersionError} UNSUPPORTED_LOG_VERSION when a newer version of perdure wrote the commit.
 * @throws {CorruptLogError} CORRUPT_LOG when the text is no commit at all. `fold` checks the facts.
 */
export function decodeCommit(text: string): Commit {
  const value = parse(text);
  if (typeof value !== "object" || value === null) throw new CorruptLogError("A commit of the log is not an object.");
  const commit = value as Partial<Record<keyof Commit, unknown>>;
  if (!isReadable(commit.v)) throw new UnsupportedLogVersionError(commit.v);
  const isOwned = commit.owner === undefined || typeof commit.owner === "string";
  if (typeof commit.writer !== "string" || typeof commit.at !== "number" || !isOwned) {
    throw new CorruptLogError("A commit of the log lacks its writer, its owner or its time.");
  }
  if (!Array.isArray(commit.facts) || !commit.facts.every(isFact)) {
    throw new CorruptLogError("A commit of the log has no list of facts.");
  }
  return value as Commit;
}

/** True for every version that was ever released. */
export function isReadable(version: unknown): version is LogFormatVersion {
  return version === 1 || version === 2 || version === LOG_FORMAT_VERSION;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new CorruptLogError("A commit of the log is not JSON.", { cause: error });
  }
}

function isFact(fact: unknown): boolean {
  return typeof fact === "object" && fact !== null && "kind" in fact && typeof fact.kind === "string";
}
