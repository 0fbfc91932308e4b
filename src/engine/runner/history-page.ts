/**
 * Pages of the history that a log stands for. A page ends when it has as many events as were asked for, or when one more
 * would make it too large to be carried; it has one event at least. No more than a page is held, however long the log.
 *
 * An event depends on earlier ones: for its number, and for the first fact of its operation. So the first reader of a
 * log leaves places behind, each with the memory that a reader has to have there, and later pages begin at the nearest
 * one. The cost of a page then does not depend on where it lies. The places are in this process's memory, for the
 * executions that were asked about last. Where there are none yet (another process, the last page before any other) the
 * log is read from the place before, once.
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
/** The size of an event beside its texts. */
const ENVELOPE_CHARACTERS = 200;

/** Commits from one place to the next; more where more operations are open, since each place remembers all of those. */
const COMMITS_BETWEEN = 128;

/** Executions whose places are remembered. */
const MOST_EXECUTIONS = 16;

/** A place in a log. */
interface Place {
  /** The number of the last commit before this place. */
  readonly seq: number;
  /** The reader that has read everything before this place; forked to be used. */
  readonly reader: HistoryReader;
}

/** Reads the commits of a log from this number on. */
export type ReadLog = (from: number) => AsyncIterable<LiveEvent>;

interface Bounds extends HistoryQuery {
  readonly maxCharacters: number;
}

/** The history of one log. */
export class PagedHistory {
  /** Places in order, the first one at the start of the log. */
  readonly #places: Place[] = [{ seq: 0, reader: new HistoryReader() }];
  /** Resolves when the last page that was asked for is there. */
  #last: Promise<unknown> = Promise.resolve();

  /** One page at a time: the first one leaves its places to those that wait. */
  page(read: ReadLog, query: HistoryQuery, maxCharacters: number = MAX_CHARACTERS): Promise<HistoryPage> {
    const bounds = { ...query, maxCharacters };
    const task = (): Promise<HistoryPage> =>
      query.reverse === true ? this.#lastPage(read, bounds) : this.#firstPage(read, bounds);
    const page = this.#last.then(task, task);
    this.#last = page.then(noop, noop);
    return page;
  }

  /** Reads no further than the page. */
  async #firstPage(read: ReadLog, bounds: Bounds): Promise<HistoryPage> {
    const { after = 0, limit, maxCharacters } = bounds;
    const page: HistoryEvent[] = [];
    let size = 0;
    for await (const event of this.#eventsAfter(after, read, bounds)) {
      if (event.eventId <= after) continue;
      size += charactersOf(event);
      if (page.length === limit || (size > maxCharacters && page.length > 0)) return { events: page, more: true };
      page.push(event);
    }
    return { events: page, more: false };
  }

  /** The newest events below `after`, the newest first. */
  async #lastPage(read: ReadLog, bounds: Bounds): Promise<HistoryPage> {
    const { limit, maxCharacters } = bounds;
    const after = bounds.after ?? Number.POSITIVE_INFINITY;
    const newest = Math.min(after - 1, this.#places.at(-1)?.reader.lastId ?? 0);
    const page: HistoryEvent[] = [];
    let size = 0;
    for await (const event of this.#eventsAfter(newest - limit, read, bounds)) {
      if (event.eventId >= after) break;
      page.push(event);
      size += charactersOf(event);
      while (page.length > limit || (size > maxCharacters && page.length > 1)) {
        size -= charactersOf(page.shift() as HistoryEvent);
      }
    }
    return { more: (page[0]?.eventId ?? 1) > 1, events: page.reverse() };
  }

  /** The events after this one, and some before them. */
  async *#eventsAfter(
    eventId: number,
    read: ReadLog,
    { includeData }: Bounds,
  ): AsyncGenerator<HistoryEvent, undefined> {
    const place = this.#placeBefore(eventId);
    const reader = place.reader.fork();
    for await (const { seq, body } of read(place.seq + 1)) {
      for (const event of reader.read(decodeCommit(body))) yield includeData ? event : withoutData(event);
      this.#leavePlace(seq, reader);
    }
    return undefined;
  }

  /** The last place with no events before it but those up to this one; the start if there is none. */
  #placeBefore(eventId: number): Place {
    let [low, high] = [0, this.#places.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#places[middle] as Place).reader.lastId <= eventId) low = middle;
      else high = middle - 1;
    }
    return this.#places[low] as Place;
  }

  #leavePlace(seq: number, reader: HistoryReader): void {
    const before = this.#places.at(-1)?.seq ?? 0;
    if (seq - before < Math.max(COMMITS_BETWEEN, reader.openCount)) return;
    this.#places.push({ seq, reader: reader.fork() });
  }
}

/** The histories that were asked for last. */
export class Histories {
  readonly #histories = new Map<string, { readonly incarnation: string; readonly history: PagedHistory }>();

  of(executionId: string, incarnation: string): PagedHistory {
    const known = this.#histories.get(executionId);
    const found = known?.incarnation === incarnation ? known : { incarnation, history: new PagedHistory() };
    this.#histories.delete(executionId);
    this.#histories.set(executionId, found);
    for (const oldest of this.#histories.keys()) {
      if (this.#histories.size <= MOST_EXECUTIONS) break;
      this.#histories.delete(oldest);
    }
    return found.history;
  }
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

function noop(): void {}
