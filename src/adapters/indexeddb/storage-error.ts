import { StorageFullError } from "../../engine/ports/execution-store.ts";

/** What a browser does to stored executions. */
export const BrowserStorageErrorCode = {
  /** The browser gives this page no database, for good (private mode, blocked site data) or for now. It is tried again. */
  UNAVAILABLE: "STORAGE_UNAVAILABLE",
  /** A newer tab has taken the database to a newer format, or waits to. Reload the page to get its code. */
  NEWER_VERSION: "STORAGE_NEWER_VERSION",
  /** The end of the execution's log is gone: the browser has lost it, or older data was put in its place. */
  EVICTED: "STORAGE_EVICTED",
  /** The host or the store was closed by its page. */
  CLOSED: "STORAGE_CLOSED",
} as const;
export type BrowserStorageErrorCode = (typeof BrowserStorageErrorCode)[keyof typeof BrowserStorageErrorCode];

/** What the browser does to stored executions, by a stable code. None of it goes away by trying again at once. */
export class BrowserStorageError extends Error {
  override readonly name = "BrowserStorageError";
  /** What has happened. */
  readonly code: BrowserStorageErrorCode;

  constructor(code: BrowserStorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The connection ended under us. What was asked of the database may be asked again, though it may have been done. */
export class ConnectionLostError extends BrowserStorageError {
  constructor(cause: unknown) {
    super(
      BrowserStorageErrorCode.UNAVAILABLE,
      `The browser has ended a connection to its database (${String(cause)}).`,
      {
        cause,
      },
    );
  }
}

/** A transaction that was aborted without a reason. By the standard only a page does that. */
export class UnexplainedAbort extends Error {
  override readonly name = "AbortError";
}

/**
 * Quota arrives as the error of a transaction. A disk that is full does not: the transaction is aborted without a reason,
 * which happens to no write of ours otherwise, or for one that says nothing, on every connection. To the engine each of
 * them is a store without room: it keeps what it has, and tries again.
 */
export function storeError(error: unknown): unknown {
  if (hasName(error, "QuotaExceededError")) return new StorageFullError("the browser's quota is used up");
  const isLostAgain = error instanceof ConnectionLostError && hasName(error.cause, "UnknownError");
  if (!isLostAgain && !(error instanceof UnexplainedAbort)) return error;
  return new StorageFullError("the browser could not keep what was written and gives no reason: its disk may be full");
}

export function hasName(error: unknown, name: string): boolean {
  return typeof error === "object" && error !== null && (error as { name?: unknown }).name === name;
}
