import type { ExecutionHeader } from "../model/execution.ts";
import type { Operation } from "../model/operation.ts";
import { ClientError, ClientErrorCode, type StatePage } from "./client.ts";
import { payloadLength } from "./payload-length.ts";

/** A page ends with the operation that passes this, in UTF-16 units of payloads: what carries it has its own limits. */
const UNITS_PER_PAGE = 4_000_000;

/**
 * One page of an execution's operations: at most `limit`, and fewer where they are large.
 *
 * @throws {ClientError} InvalidParameterValueException for a marker that no page has given.
 */
export function statePage(
  header: ExecutionHeader,
  operations: readonly Operation[],
  page: { readonly marker?: string; readonly limit: number },
): StatePage {
  const from = page.marker === undefined ? 0 : Number(page.marker);
  if (!Number.isSafeInteger(from) || from < 0 || page.marker === "")
    throw new ClientError(ClientErrorCode.INVALID_PARAMETER, "Invalid marker.");
  let next = from;
  for (let units = 0; next < operations.length && next < from + page.limit && units < UNITS_PER_PAGE; next++) {
    const operation = operations[next];
    if (operation !== undefined) units += payloadLength(operation);
  }
  const slice = operations.slice(from, next);
  return { header, operations: slice, ...(next < operations.length ? { marker: String(next) } : {}) };
}
