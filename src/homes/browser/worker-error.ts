/** What is wrong with a worker of functions. */
export const BrowserWorkerErrorCode = {
  /** The worker's script could not be loaded, or failed before it served its functions. */
  FAILED: "WORKER_FAILED",
  /** The worker has not said which functions it serves: its script does not call `serveBrowserHost`, or has yet to run. */
  SILENT: "WORKER_SILENT",
} as const;
/** A code of `BrowserWorkerError`. */
export type BrowserWorkerErrorCode = (typeof BrowserWorkerErrorCode)[keyof typeof BrowserWorkerErrorCode];

/** The worker that a page gave for its functions does not serve them, by a stable code. What it serves later counts. */
export class BrowserWorkerError extends Error {
  override readonly name = "BrowserWorkerError";
  /** What is wrong. */
  readonly code: BrowserWorkerErrorCode;

  constructor(code: BrowserWorkerErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
