/** The storage was written by a newer version of perdure, with a layout that this one does not know. */
export class StorageFormatError extends Error {
  override readonly name = "StorageFormatError";
  /** Always UNSUPPORTED_STORAGE_FORMAT. */
  readonly code = "UNSUPPORTED_STORAGE_FORMAT";
}

/** Refuses a layout other than `known`; storage that was never written has none and is fine. */
export function checkFormat(found: number | undefined, known: number): void {
  if (found === undefined || found === known) return;
  throw new StorageFormatError(
    `the storage of this object has format ${found}; this version of perdure reads ${known}`,
  );
}
