/**
 * Callback ids in answers to callers who may not complete callbacks. An id is its own secret and may stand anywhere:
 * in an event of the history, in a commit of the live stream, in the payload that a submitter sent it with. So what is
 * looked for is its shape, in the text of the answer. Its end, which holds the secret, is taken away; a digest stays in
 * its place, so that two callbacks still differ and one is the same everywhere.
 *
 * The search is written out, because a regular expression runs out of stack over a run of some million letters.
 */

import { md5 } from "../md5.ts";
import { isInRun, startOfWord } from "./words.ts";

/** Base64 of the shortest id, padding included; the end of every id that holds all of its secret. */
const END_CHARACTERS = 48;
const PADDINGS = ["", "=", "=="] as const;
/** Letters and digits in a row: ids are base64 of ASCII text, which has no other characters. */
const SHORTEST_RUN = END_CHARACTERS - 2;
/** The end of a decoded id. */
const SECRET = /\n[0-9a-f]{32}$/;

/** The mark behind a text that was cut because it did not fit. */
const CUT = "… [truncated: ";
/** A shorter beginning of an id has less than half of any secret. */
const SHORTEST_PIECE = 24;

/** The text without the secrets of callbacks. JSON that it is cut from is JSON still. */
export function redactCallbackIds(given: string): string {
  const text = withoutCutWords(given);
  let redacted = "";
  let done = 0;
  // A run that is long enough has a character at one of these places.
  for (let index = SHORTEST_RUN - 1; index < text.length; index += SHORTEST_RUN) {
    if (!isInRun(text, index)) continue;
    const { start, end } = runAround(text, index);
    index = end;
    const secret =
      end - start < SHORTEST_RUN ? 0 : secretLength(text.slice(Math.max(start, end - END_CHARACTERS), end));
    if (secret === 0) continue;
    redacted += `${text.slice(done, end - secret)}-redacted-${md5(text.slice(end - secret, end)).slice(0, 16)}`;
    done = end;
  }
  return done === 0 ? text : redacted + text.slice(done);
}

/** An id that was cut does not look like one any more, and may lack a few digits that can be guessed. */
function withoutCutWords(text: string): string {
  let kept = "";
  let done = 0;
  for (let cut = text.indexOf(CUT); cut >= 0; cut = text.indexOf(CUT, cut + 1)) {
    const start = startOfWord(text, cut);
    if (cut - start < SHORTEST_PIECE) continue;
    kept += `${text.slice(done, start)}-redacted-`;
    done = cut;
  }
  return done === 0 ? text : kept + text.slice(done);
}

function runAround(text: string, index: number): { start: number; end: number } {
  let start = index;
  let end = index + 1;
  while (start > 0 && isInRun(text, start - 1)) start--;
  while (end < text.length && isInRun(text, end)) end++;
  return { start, end };
}

/**
 * The number of characters to take away at the end of a run; 0 if no id ends there. Padding may be missing: each is
 * tried.
 */
function secretLength(end: string): number {
  for (const padding of PADDINGS) {
    const length = END_CHARACTERS - padding.length;
    if (length <= end.length && SECRET.test(atob(end.slice(end.length - length) + padding))) return length;
  }
  return 0;
}
