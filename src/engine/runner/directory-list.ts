/**
 * Lists of executions, written once for all platforms: a store gives ordered stretches of its directory, and everything
 * else is here. Several statuses are several stretches that are merged; the bounds on starts decide where to begin and
 * where to end. Filters that no stretch has are checked row by row: `version`, `namePrefix`, executions that are not
 * halted, tags after the first, and all else beside `halted` or a tag. A page ends early, with a marker, once many rows
 * were passed over: one request never reads a whole directory.
 *
 * A marker names the last row that was shown rather than a count, so rows that come and go between two pages neither
 * repeat nor hide others.
 */

import { checkText, EXECUTION_NAME, FUNCTION_NAME } from "../machine/limits.ts";
import { checkTags } from "../machine/tags.ts";
import { ExecutionStatus } from "../model/execution.ts";
import { hasTag } from "../model/tags.ts";
import type { DirectoryPlace, DirectoryRow, DirectoryScan } from "../ports/execution-store.ts";
import type { MaybePromise } from "../ports/maybe-promise.ts";
import { ClientError, ClientErrorCode, type DirectoryPage, type ListQuery } from "./client.ts";

const LARGEST_PAGE = 1000;
/** Rows that one page looks at, about. */
const MOST_LOOKED_AT = 5000;
const STATUSES: ReadonlySet<string> = new Set(Object.values(ExecutionStatus));

/** Reads one stretch of a directory: what a store's `list` does. */
export type ReadScan = (scan: DirectoryScan) => MaybePromise<readonly DirectoryRow[]>;

/**
 * One page of a list. Each stretch is read once, with one row more than the page has, which tells whether there is
 * another page. Only rows that are passed over make it read on, and then twice as many each time.
 *
 * @throws {ClientError} InvalidParameterValueException, before anything is read, for a limit, a status, a time, a tag, a
 * part of a name or a marker that cannot be.
 */
export async function listExecutions(query: ListQuery, read: ReadScan): Promise<DirectoryPage> {
  checkQuery(query);
  const rows: DirectoryRow[] = [];
  let after = placeToBegin(query);
  let lookedAt = 0;
  for (let limit = query.limit + 1; ; limit = Math.min(2 * limit, LARGEST_PAGE + 1)) {
    const found = await readRound({ query, after, limit }, read);
    for (const row of found) {
      if (isBeyond(row, query)) return { rows };
      if (!matches(row, query)) continue;
      const last = rows.at(-1);
      if (last !== undefined && rows.length === query.limit) return { rows, marker: markerOf(last) };
      rows.push(row);
    }
    after = found.at(-1);
    if (found.length < limit || after === undefined) return { rows };
    lookedAt += found.length;
    if (lookedAt >= MOST_LOOKED_AT) return { rows, marker: markerOf(after) };
  }
}

/** Whether a row is what was asked for, whatever stretch it stands in. */
function matches(row: DirectoryRow, query: ListQuery): boolean {
  const { functionName, name, version, statuses, namePrefix, halted, tags } = query;
  return (
    (functionName ?? row.functionName) === row.functionName &&
    (name ?? row.name) === row.name &&
    (version ?? row.version) === row.version &&
    (statuses === undefined || statuses.includes(row.status)) &&
    (namePrefix === undefined || row.name.startsWith(namePrefix)) &&
    (halted === undefined || halted === (row.halted === true)) &&
    (tags === undefined || Object.entries(tags).every(([key, value]) => hasTag(row.tags, key, value)))
  );
}

/** Every row of a stretch, page by page of at most `limit`. */
export async function* scanAll(scan: DirectoryScan, read: ReadScan): AsyncGenerator<DirectoryRow, void, undefined> {
  let { after } = scan;
  for (;;) {
    const rows: readonly DirectoryRow[] = await read(after === undefined ? scan : { ...scan, after: placeOf(after) });
    yield* rows;
    after = rows.at(-1);
    if (rows.length < scan.limit) return;
  }
}

/** The fields that the order of a list is made of. */
export type OrderedRow = DirectoryPlace & Pick<DirectoryRow, "seq">;

/**
 * The first rows, at most `limit`, of lists that are each in order. No list is read further than needed. A row that
 * stands in two lists, because it changed while they were read, is taken once, the newer of both.
 */
export function mergeRows<Row extends OrderedRow>(
  lists: readonly Iterable<Row>[],
  { reverse, limit }: Pick<DirectoryScan, "reverse" | "limit">,
): Row[] {
  const heads = lists.map((list) => new Head(list));
  const rows: Row[] = [];
  for (;;) {
    const head = firstOf(heads, reverse === true);
    if (head?.row === undefined) return rows;
    const last = rows.at(-1);
    const isRepeated = last !== undefined && comparePlaces(last, head.row) === 0;
    if (!isRepeated && rows.length === limit) return rows;
    if (!isRepeated) rows.push(head.row);
    else if (head.row.seq > last.seq) rows[rows.length - 1] = head.row;
    head.advance();
  }
}

/** The order of lists, oldest first: negative when `a` comes before `b`, 0 for the same place. */
export function comparePlaces(a: DirectoryPlace, b: DirectoryPlace): number {
  if (a.startedAt !== b.startedAt) return a.startedAt - b.startedAt;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

/** The next row of a list. */
class Head<Row extends OrderedRow> {
  readonly #rows: Iterator<Row>;
  row: Row | undefined;

  constructor(rows: Iterable<Row>) {
    this.#rows = rows[Symbol.iterator]();
    this.advance();
  }

  advance(): void {
    const { done, value } = this.#rows.next();
    this.row = done === true ? undefined : value;
  }
}

/** The head with the first row. Heads are few, so each is looked at. */
function firstOf<Row extends OrderedRow>(heads: readonly Head<Row>[], reverse: boolean): Head<Row> | undefined {
  let first: Head<Row> | undefined;
  for (const head of heads) {
    if (head.row === undefined) continue;
    const isFirst = first?.row === undefined || comparePlaces(head.row, first.row) < 0 !== reverse;
    if (isFirst) first = head;
  }
  return first;
}

interface Round {
  readonly query: ListQuery;
  readonly after: DirectoryPlace | undefined;
  readonly limit: number;
}

/**
 * The next rows of all stretches together. Running executions are read before those that have ended: an execution that
 * ends in between is then found twice, and the other way round it would be found in neither.
 */
async function readRound({ query, after, limit }: Round, read: ReadScan): Promise<readonly DirectoryRow[]> {
  const { functionName, name, statuses, reverse } = query;
  const scan: DirectoryScan = {
    limit,
    ...(functionName !== undefined && { functionName }),
    ...(name !== undefined && { name }),
    ...(reverse === true && { reverse }),
    ...(after !== undefined && { after: placeOf(after) }),
  };
  if (statuses?.length === 0) return [];
  const narrow = narrowed(query);
  if (narrow !== undefined) return read({ ...scan, ...narrow });
  if (statuses === undefined) return read(scan);
  const asked = new Set(statuses);
  const running = asked.delete("RUNNING") ? await read({ ...scan, status: "RUNNING" }) : [];
  const ended = await Promise.all(Array.from(asked, async (status) => read({ ...scan, status })));
  return mergeRows([running, ...ended], scan);
}

/** The filter with the fewest rows, unless a name says more. */
function narrowed({ name, halted, tags = {}, statuses }: ListQuery): Partial<DirectoryScan> | undefined {
  if (name !== undefined) return undefined;
  if (halted === true) return { halted };
  const [tag] = Object.entries(tags);
  if (tag === undefined) return undefined;
  const [status, ...others] = statuses ?? [];
  return status === undefined || others.length > 0 ? { tag } : { tag, status };
}

/** Behind the marker, or behind the last place outside of the bounds, whichever comes later. */
function placeToBegin({ marker, startedAfter, startedBefore, reverse }: ListQuery): DirectoryPlace | undefined {
  const marked = marker === undefined ? undefined : readMarker(marker);
  const bound = reverse === true ? startOf(startedBefore, 1) : startOf(startedAfter, 0);
  if (marked === undefined || bound === undefined) return marked ?? bound;
  const isMarkedFirst = comparePlaces(marked, bound) < 0;
  return isMarkedFirst === (reverse === true) ? marked : bound;
}

/** The place before every row of a millisecond (no id is empty), or of one that comes `later`. */
function startOf(at: number | undefined, later: number): DirectoryPlace | undefined {
  if (at === undefined) return undefined;
  return { startedAt: later === 0 ? Math.ceil(at) : Math.floor(at) + later, id: "" };
}

function isBeyond({ startedAt }: DirectoryRow, { startedAfter, startedBefore, reverse }: ListQuery): boolean {
  if (reverse === true) return startedAfter !== undefined && startedAt < startedAfter;
  return startedBefore !== undefined && startedAt > startedBefore;
}

function placeOf({ startedAt, id }: DirectoryPlace): DirectoryPlace {
  return { startedAt, id };
}

function markerOf({ startedAt, id }: DirectoryPlace): string {
  return `${startedAt}:${id}`;
}

const MARKER = /^(\d{1,16}):([^/]+)\/([^/]+)$/;

/** Takes only what `markerOf` makes of a row. */
function readMarker(marker: string): DirectoryPlace {
  const [, start = "", functionName, name] = MARKER.exec(marker) ?? [];
  const place = { startedAt: Number(start), id: `${functionName}/${name}` };
  const rejection = checkText(functionName, FUNCTION_NAME) ?? checkText(name, EXECUTION_NAME);
  if (rejection === undefined && Number.isSafeInteger(place.startedAt) && markerOf(place) === marker) return place;
  throw invalid("Invalid marker.");
}

function checkQuery(query: ListQuery): void {
  const { limit, statuses = [], startedAfter = 0, startedBefore = 0, tags = {}, namePrefix } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) {
    throw invalid(`The limit of a list must be a whole number from 1 to ${LARGEST_PAGE}.`);
  }
  for (const status of statuses) {
    if (!STATUSES.has(status)) throw invalid(`A status must be one of ${[...STATUSES].join(", ")}.`);
  }
  if (Number.isNaN(startedAfter) || Number.isNaN(startedBefore)) throw invalid("A time of a list must be a number.");
  const refused = checkTags(tags) ?? (namePrefix === undefined ? undefined : checkText(namePrefix, EXECUTION_NAME));
  if (refused !== undefined) throw invalid(refused.message);
}

function invalid(message: string): ClientError {
  return new ClientError(ClientErrorCode.INVALID_PARAMETER, message);
}
