import { expiryOf } from "../machine/next-wake.ts";
import type { ExecutionHeader } from "../model/execution.ts";
import type { DirectoryRow } from "../ports/execution-store.ts";

/** What the directory shows of an execution. */
export function directoryRow(header: ExecutionHeader): DirectoryRow {
  const { id, functionName, name, version, incarnation, status, startedAt, endedAt, halt } = header;
  const expiresAt = expiryOf(header);
  return {
    id,
    functionName,
    name,
    version,
    incarnation,
    status,
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(halt === undefined ? {} : { halted: true }),
  };
}
