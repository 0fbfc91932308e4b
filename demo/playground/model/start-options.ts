/**
 * The options of a start beside the event, as they stand in the form: the function, tags, and the time to begin.
 * Impossible options are refused in the engine's own words, before anything is started.
 */

import { decide, emptyState, type Tags } from "perdure/engine";

export const UNITS = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
export type Unit = keyof typeof UNITS;

/** When it begins, as it was written; at once when there is none. */
export type Begins =
  | { readonly kind: "after"; readonly amount: string; readonly unit: Unit }
  /** A day and a time of this place, as the browser's control for them has it. */
  | { readonly kind: "at"; readonly time: string };

export interface StartOptions {
  /** One that the code exports; the first when absent. */
  readonly functionName?: string;
  /** `customer=c-7, stage=new`. */
  readonly tags?: string;
  readonly begins?: Begins;
}

export interface StartWith {
  readonly tags?: Tags;
  /** Ms since the epoch. */
  readonly startAt?: number;
}

/** `now` in ms since the epoch. @throws with a text for people, for what cannot be. */
export function readStart({ tags = "", begins }: StartOptions, now: number): StartWith {
  const start: StartWith = {
    ...(tags.trim() !== "" && { tags: readTags(tags) }),
    ...(begins !== undefined && { startAt: timeOf(begins, now) }),
  };
  const decision = decide(
    emptyState(),
    { type: "START_EXECUTION", functionName: "any", name: "any", version: "1", retentionDays: 1, ...start },
    { now, randomId: () => "0".repeat(32) },
  );
  if ("rejected" in decision) throw new Error(decision.rejected.message);
  return start;
}

/** Why it cannot be started like that; undefined if it can. */
export function problemOf(options: StartOptions, now: number): string | undefined {
  try {
    readStart(options, now);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The chosen options, in a few words; empty for none. */
export function optionsText({ functionName, tags = "", begins }: StartOptions): string {
  const parts = [
    ...(functionName === undefined ? [] : [functionName]),
    ...(tags.trim() === "" ? [] : [tags.trim()]),
    ...(begins === undefined ? [] : [beginsText(begins)]),
  ];
  return parts.join(" · ");
}

function beginsText(begins: Begins): string {
  return begins.kind === "at" ? `at ${begins.time.replace("T", " ")}` : `in ${begins.amount} ${begins.unit}`;
}

function readTags(text: string): Tags {
  const pairs = text
    .split(",")
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "")
    .map(readTag);
  const twice = pairs.find(([key], index) => pairs.findIndex(([other]) => other === key) < index);
  if (twice !== undefined) throw new Error(`The tag "${twice[0]}" is there twice.`);
  return Object.fromEntries(pairs);
}

/** @throws for a text that has no `=`. */
export function readTag(pair: string): readonly [key: string, value: string] {
  const at = pair.indexOf("=");
  if (at < 0) throw new Error(`A tag is written as key=value, with commas between several: "${pair}" has no "=".`);
  return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}

function timeOf(begins: Begins, now: number): number {
  if (begins.kind === "after") {
    const amount = Number(begins.amount);
    if (begins.amount.trim() === "" || !(amount >= 0)) throw new Error("Say in how long it is to begin, as a number.");
    return Math.ceil(now + amount * UNITS[begins.unit]);
  }
  const time = new Date(begins.time).getTime();
  if (Number.isNaN(time)) throw new Error("Say at which day and time it is to begin.");
  return time;
}

/** The names under which code exports something that may be a function, in its order. */
export function exportedNames(code: string): readonly string[] {
  const declared = code.matchAll(/^export\s+(?:const|let|(?:async\s+)?function)\s+([\w$]+)/gm);
  return [...new Set(Array.from(declared, ([, name = ""]) => name))];
}
