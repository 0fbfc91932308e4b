/** A page of an execution's history. */

import { present } from "../../engine/model/present.ts";
import { invalidParameter } from "./api-error.ts";
import { type Call, type Face, readArn, readFlag, readLimit } from "./call.ts";
import { calleesOf, withFewCallees } from "./callees.ts";
import { historyEventToWire } from "./history-event.ts";
import { shown } from "./shown.ts";

export async function getHistory(face: Face, call: Call): Promise<Response> {
  const { label, query } = call;
  const limit = readLimit(query);
  const after = readEventMarker(query.get("Marker"));
  const reverse = readFlag(query, "ReverseOrder");
  const includeData = readFlag(query, "IncludeExecutionData") ?? true;
  const execution = readArn(label);
  const { id, incarnation } = execution;
  const found = await face.client.history(id, present({ limit, after, reverse, includeData, incarnation }));
  const events = withFewCallees(found.events);
  const callees = await calleesOf(face, execution, events);
  const last = events.at(-1);
  const more = found.more || events.length < found.events.length;
  return shown(call, {
    Events: events.map((event) => historyEventToWire(event, callees.get(event.eventId))),
    NextMarker: more && last ? `e${last.eventId.toString(36)}` : undefined,
  });
}

function readEventMarker(marker: string | null): number | undefined {
  if (marker === null) return undefined;
  if (/^e[1-9a-z][0-9a-z]{0,9}$/.test(marker)) return Number.parseInt(marker.slice(1), 36);
  throw invalidParameter("Marker must be the NextMarker of an earlier page.");
}
