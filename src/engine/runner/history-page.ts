/**
 * Pages of the history that a log stands for. A page ends when it has as many events as were asked for, or when one more
 * would make it too large to be carried; it has one event at least. No more than a page is held, however long the log.
 */

import { decodeCommit } from "../machine/commit-codec.ts";
import { HistoryReader } from "../machine/history.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { HistoryPage, HistoryQuery, LiveEvent } from "./client.ts";

/**
 * Characters of names, payloads and errors in one page. In the two bytes that a character may take between processes
 * this is half of the 32 MiB that a call between Durable Objects carries, and an event of the largest size fits.
 */
const MAX_CHARACTERS = 8_388_608;
/** What an event weighs beside its texts. */
const ENVELOPE_CHARACTERS = 200;

interface Bounds extends HistoryQuery {
  readonly maxCharacters: number;
}

export async function historyPage(
  log: AsyncIterable<LiveEvent>,
  query: HistoryQuery,
  maxCharacters: number = MAX_CHARACTERS,
): Promise<HistoryPage> {
  const bounds = { ...query, maxCharacters };
  return query.reverse === true ? lastPage(log, bounds) : firstPage(log, bounds);
}

/** Reads no further than the page. */
async function firstPage(
  log: AsyncIterable<LiveEvent>,
  { after = 0, limit, includeData, maxCharacters }: Bounds,
): Promise<HistoryPage> {
  const page: HistoryEvent[] = [];
  let size = 0;
  for await (const event of eventsOf(log, includeData)) {
    if (event.eventId <= after) continue;
    size += charactersOf(event);
    if (page.length === limit || (size > maxCharacters && page.length > 0)) return { events: page, more: true };
    page.push(event);
  }
  return { events: page, more: false };
}

/** The newest events below `after`, the newest first. */
async function lastPage(
  log: AsyncIterable<LiveEvent>,
  { after, limit, includeData, maxCharacters }: Bounds,
): Promise<HistoryPage> {
  const page: HistoryEvent[] = [];
  let size = 0;
  let more = false;
  for await (const event of eventsOf(log, includeData)) {
    if (after !== undefined && event.eventId >= after) break;
    page.push(event);
    size += charactersOf(event);
    while (page.length > limit || (size > maxCharacters && page.length > 1)) {
      size -= charactersOf(page.shift() as HistoryEvent);
      more = true;
    }
  }
  return { events: page.reverse(), more };
}

async function* eventsOf(log: AsyncIterable<LiveEvent>, includeData: boolean): AsyncGenerator<HistoryEvent, undefined> {
  const reader = new HistoryReader();
  for await (const { body } of log) {
    for (const event of reader.read(decodeCommit(body))) yield includeData ? event : withoutData(event);
  }
  return undefined;
}

function withoutData(event: HistoryEvent): HistoryEvent {
  const { input: _input, result: _result, error: _error, ...rest } = event;
  return rest;
}

function charactersOf({ input = "", result = "", error }: HistoryEvent): number {
  const { errorType = "", errorMessage = "", errorData = "", stackTrace = [] } = error ?? {};
  const failure = stackTrace.reduce((sum, line) => sum + line.length, errorType.length + errorMessage.length);
  return ENVELOPE_CHARACTERS + input.length + result.length + errorData.length + failure;
}
