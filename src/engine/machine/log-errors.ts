import { branded } from "../model/branded.ts";
import { LOG_FORMAT_VERSION } from "../model/commit.ts";

/**
 * The log does not fold: it was damaged, cut, or written by something else. Nothing can go on from here; the log is
 * the only truth, so it is not repaired by guessing. Not retryable.
 */
export class CorruptLogError extends Error {
  override readonly name = "CorruptLogError";
  /** Always CORRUPT_LOG. */
  readonly code = "CORRUPT_LOG";
}

branded(CorruptLogError, "CorruptLogError");

/** The log was written by a version of perdure that this one does not know. Retryable with a newer version. */
export class UnsupportedLogVersionError extends Error {
  override readonly name = "UnsupportedLogVersionError";
  /** Always UNSUPPORTED_LOG_VERSION. */
  readonly code = "UNSUPPORTED_LOG_VERSION";
  /** The format version that the log says it has, whatever stands there. */
  readonly version: unknown;

  constructor(version: unknown) {
    super(
      `The log has format version ${JSON.stringify(version)}; this version of perdure reads up to ${LOG_FORMAT_VERSION}. Use a newer one.`,
    );
    this.version = version;
  }
}
