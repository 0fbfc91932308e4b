import { journalOf } from "../machine/journal.ts";
import { isLive } from "../machine/open-context.ts";
import type { ExecutionHeader } from "../model/execution.ts";
import type { Operation } from "../model/operation.ts";
import { ClientError, ClientErrorCode, type StatePage, type StateQuery } from "./client.ts";
import { payloadLength } from "./payload-length.ts";
import type { Session } from "./session.ts";

/** A page ends before the operation that would pass this, in UTF-16 units of payloads: transports have limits. */
const UNITS_PER_PAGE = 4_000_000;

/**
 * One page of the operations of a session, or of those alone whose outcome may still come.
 *
 * @throws {ClientError} as `ExecutionClient.state` does.
 */
export function pageOf(session: Session, query: StateQuery): StatePage {
  if (query.token !== undefined) session.checkToken(query.token);
  const { state } = session;
  const journal = journalOf(state);
  const asked = query.open === true ? journal.filter((operation) => isLive(state, operation)) : journal;
  return statePage(state.header, asked, query);
}

/**
 * One page of an execution's operations: at most `limit`, and fewer where they are large, but one at least.
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
  const slice = fitting(operations.slice(from, from + page.limit));
  const next = from + slice.length;
  return { header, operations: slice, ...(next < operations.length ? { marker: String(next) } : {}) };
}

/** As many from the first one on as a page has room for. */
function fitting(operations: readonly Operation[]): readonly Operation[] {
  let units = 0;
  const end = operations.findIndex((operation, index) => {
    units += payloadLength(operation);
    return units > UNITS_PER_PAGE && index > 0;
  });
  return end < 0 ? operations : operations.slice(0, end);
}
