import { decodeCommit } from "../machine/commit-codec.ts";
import { HistoryReader } from "../machine/history.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { HistoryPage, HistoryQuery, LiveEvent } from "./client.ts";

/** A page of the history that a log stands for. */
export async function historyPage(log: AsyncIterable<LiveEvent>, query: HistoryQuery): Promise<HistoryPage> {
  const { after, limit, reverse = false, includeData } = query;
  const reader = new HistoryReader();
  const events: HistoryEvent[] = [];
  for await (const { body } of log) events.push(...reader.read(decodeCommit(body)));
  if (reverse) events.reverse();
  const rest = events.filter(({ eventId }) => after === undefined || (reverse ? eventId < after : eventId > after));
  const page = rest.slice(0, limit);
  return { events: includeData ? page : page.map(withoutData), more: rest.length > page.length };
}

function withoutData(event: HistoryEvent): HistoryEvent {
  const { input: _input, result: _result, error: _error, ...rest } = event;
  return rest;
}
