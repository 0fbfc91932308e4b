import type { Operation } from "perdure/engine";
import { kindLabel } from "../model/titles.ts";

/** A length of time in ms, as people say it. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} days`;
}

/** A length of time that is still to come, in ms: never shorter than it is. */
export function remaining(ms: number): string {
  if (ms < 60_000) return `${Math.max(0, Math.ceil(ms / 1_000))} s`;
  if (ms < 600_000) return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1_000)} s`;
  if (ms < 172_800_000) return duration(ms);
  return `${Math.ceil(ms / 86_400_000)} days`;
}

/** A length of time as short as on an axis: a single number, and its unit. */
export function tickLabel(ms: number): string {
  if (ms < 1_000) return ms === 0 ? "0" : `${ms} ms`;
  if (ms < 60_000) return `${ms / 1_000} s`;
  if (ms < 3_600_000) return `${ms / 60_000} min`;
  if (ms < 86_400_000) return `${ms / 3_600_000} h`;
  return `${ms / 86_400_000} d`;
}

/** A day and a time of the day, ms since the epoch. */
export function moment(at: number): string {
  return days.format(at);
}

/** Only as much as tells it from others: the time of the day, or the day too if it is another one. */
export function listTime(at: number, now: number): string {
  return now - at < 43_200_000 && at <= now ? clockTime(at).slice(0, "hh:mm:ss".length) : moment(at);
}

export function clockTime(at: number): string {
  return times.format(at);
}

// Made once: making one takes longer than drawing a row.
const days = new Intl.DateTimeFormat([], {
  ...{ day: "numeric", month: "short", year: "numeric" },
  ...{ hour: "2-digit", minute: "2-digit", hour12: false },
});
const times = new Intl.DateTimeFormat([], {
  ...{ hour: "2-digit", minute: "2-digit", second: "2-digit" },
  ...{ fractionalSecondDigits: 3, hour12: false },
});

const POSITION = /^\d{1,9}(-\d{1,9})*$/;

/** The kind, and where the code called it. An SDK that hashes its ids keeps that to itself. */
export function placedKind(operation: Operation): string {
  const { id } = operation;
  return `${kindLabel(operation)}, ${POSITION.test(id) ? "position" : "id"} ${id}`;
}

/** `TIMED_OUT` becomes `timed out`. */
export function statusLabel(status: string): string {
  return status.toLowerCase().replaceAll("_", " ");
}

/** JSON text, indented; any other text as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
