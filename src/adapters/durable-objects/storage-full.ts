import { StorageFullError } from "../../engine/ports/execution-store.ts";

/** Runs a write, and says so by the port's own error when the object has no room left for it. */
export function guardSpace<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw isFull(error) ? new StorageFullError("the object has no room left") : error;
  }
}

/** SQLite's code comes in the text alone. */
function isFull(error: unknown): boolean {
  return error instanceof Error && error.message.includes("SQLITE_FULL");
}
