/** An execution's log, live: by the face's events, or made from its history where a face has none, as AWS's own. */

import { logOf } from "../../src/cli/recorded-log.ts";
import { followLog, type LogListener } from "../views/wire/follow-log.ts";
import { list } from "../views/wire/fields.ts";
import { executionPath, type Face, isLacking, isPassing } from "./face.ts";

/** The time between two requests for a history that has no event stream, in ms. */
const POLL_MS = 3_000;

/** Tells the log from its beginning, then live, until the answer is called. */
export function watchLog(face: Face, arn: string, listener: LogListener): () => void {
  const leave = new AbortController();
  void watchEvents(face, arn, { listener, signal: leave.signal });
  return () => leave.abort();
}

interface Watch {
  readonly listener: LogListener;
  readonly signal: AbortSignal;
}

async function watchEvents(face: Face, arn: string, { listener, signal }: Watch): Promise<void> {
  let isLackingEvents = false;
  const onError = (error: unknown): void => {
    isLackingEvents = isLacking(error);
    if (!isLackingEvents) listener.onError(error);
  };
  const open = async (cursor: number): Promise<Response["body"]> =>
    (await face.call(executionPath(arn, `/events?cursor=${cursor}`), { signal })).body;
  await followLog({ open, isPassing }, { onCommit: listener.onCommit, onError }, signal);
  if (isLackingEvents) await pollHistory(face, arn, { listener, signal });
}

async function pollHistory(face: Face, arn: string, { listener, signal }: Watch): Promise<void> {
  let told = 0;
  const events: unknown[] = [];
  while (!signal.aborted) {
    try {
      await readHistory(face, arn, events);
      const bodies = events.length > told ? logOf(JSON.stringify({ DurableExecutionArn: arn, Events: events })) : [];
      for (const body of bodies.slice(told)) listener.onCommit(body);
      told = Math.max(told, bodies.length);
      if (hasEnded(events.at(-1))) return;
    } catch (error) {
      if (signal.aborted) return;
      listener.onError(error);
      if (!isPassing(error)) return;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Adds the events that are new. Markers are no places to come back to, so it is read from its beginning. */
async function readHistory(face: Face, arn: string, events: unknown[]): Promise<void> {
  const found: unknown[] = [];
  let marker: string | undefined = "";
  while (marker !== undefined) {
    const query: string = new URLSearchParams({
      MaxItems: "1000",
      ...(marker !== "" && { Marker: marker }),
    }).toString();
    const { Events, NextMarker } = await face.json(executionPath(arn, `/history?${query}`));
    for (const event of list(Events ?? [])) found.push(event);
    marker = typeof NextMarker === "string" && NextMarker !== "" ? NextMarker : undefined;
  }
  for (const event of found.slice(events.length)) events.push(event);
}

function hasEnded(event: unknown): boolean {
  const type = String((event as { readonly EventType?: unknown } | undefined)?.EventType);
  return /^Execution(Succeeded|Failed|TimedOut|Stopped)$/.test(type);
}
