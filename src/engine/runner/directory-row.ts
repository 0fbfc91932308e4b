import { expiryOf } from "../machine/plan.ts";
import type { ExecutionState } from "../machine/state.ts";
import type { DirectoryRow } from "../ports/execution-store.ts";

/** The directory row of an execution. */
export function directoryRow({ header, rowSeq }: ExecutionState): DirectoryRow {
  const { id, functionName, name, version, incarnation, status, startedAt, endedAt, halt, tags } = header;
  const { startAt, tenantId } = header;
  const expiresAt = expiryOf(header);
  return {
    id,
    functionName,
    name,
    version,
    incarnation,
    seq: rowSeq,
    status,
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(halt === undefined ? {} : { halted: true, haltReason: halt.reason, haltedAt: halt.at }),
    ...(startAt === undefined ? {} : { startAt }),
    ...(tags === undefined ? {} : { tags }),
    ...(tenantId === undefined ? {} : { tenantId }),
  };
}
