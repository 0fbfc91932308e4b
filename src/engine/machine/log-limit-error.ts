import { branded } from "../model/branded.ts";

/** A log from elsewhere is larger than what is taken in, or its operations lie deeper in each other. Not retryable. */
export class LogLimitError extends Error {
  override readonly name = "LogLimitError";
  /** Always LOG_LIMIT_EXCEEDED. */
  readonly code = "LOG_LIMIT_EXCEEDED";
}

branded(LogLimitError, "LogLimitError");
