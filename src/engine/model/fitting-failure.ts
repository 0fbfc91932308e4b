import type { Failure } from "./failure.ts";
import { isHighSurrogate, utf8Length } from "./utf8.ts";

/**
 * How much JSON in UTF-8 a stored error may be. The limit of the log, which is AWS's, is 32 KiB for the update that
 * carries it; the rest is for the update's own names and positions.
 */
export const MOST_FAILURE_BYTES: number = 28 * 1024;
const MOST_TYPE_BYTES = 512;
/** For the JSON around the texts. */
const FRAME_BYTES = 256;

/** The same error if it fits into the log; otherwise one whose texts are cut, and say how long they were. */
export function fitting(failure: Failure): Failure {
  if (fits(failure)) return failure;
  const { errorType, errorMessage, errorData, stackTrace } = failure;
  const fitted: { -readonly [Key in keyof Failure]: Failure[Key] } = {};
  let left = MOST_FAILURE_BYTES - FRAME_BYTES;
  if (errorType !== undefined) fitted.errorType = cut(errorType, MOST_TYPE_BYTES);
  left -= MOST_TYPE_BYTES;
  const behind = (errorData === undefined ? 0 : sizeOf(errorData)) + sizeOf(stackTrace ?? "");
  if (errorMessage !== undefined) {
    fitted.errorMessage = cut(errorMessage, Math.max(left >> 1, left - behind));
    left -= sizeOf(fitted.errorMessage);
  }
  if (errorData !== undefined) {
    fitted.errorData = cut(errorData, Math.max(left >> 1, left - sizeOf(stackTrace ?? "")));
    left -= sizeOf(fitted.errorData);
  }
  if (stackTrace !== undefined) fitted.stackTrace = firstLines(stackTrace, left);
  return fitted;
}

function fits(failure: Failure): boolean {
  const { errorType = "", errorMessage = "", errorData = "" } = failure;
  // A text that is too long by its characters need not be written to be measured.
  if (errorType.length + errorMessage.length + errorData.length > MOST_FAILURE_BYTES) return false;
  return sizeOf(failure) <= MOST_FAILURE_BYTES;
}

function sizeOf(value: unknown): number {
  return utf8Length(JSON.stringify(value));
}

function cut(text: string, bytes: number): string {
  if (text.length <= bytes && sizeOf(text) <= bytes) return text;
  const mark = `… [truncated: ${text.length} characters in all]`;
  const shortened = (length: number): string => `${text.slice(0, length)}${mark}`;
  let [fitting, tooLong] = [0, Math.min(text.length, bytes) + 1];
  while (tooLong - fitting > 1) {
    const middle = (fitting + tooLong) >> 1;
    if (sizeOf(shortened(middle)) <= bytes) fitting = middle;
    else tooLong = middle;
  }
  return shortened(isHighSurrogate(text.charCodeAt(fitting - 1)) ? fitting - 1 : fitting);
}

/** Lines are left out from the end; one that is too long by itself is cut, so that it still says of what type it is. */
function firstLines(lines: readonly string[], bytes: number): string[] {
  const kept: string[] = [];
  let left = bytes - FRAME_BYTES;
  for (const line of lines) {
    const fitted = cut(line, Math.max(bytes >> 2, FRAME_BYTES));
    left -= sizeOf(fitted) + 1;
    if (left < 0) return [...kept, `… [truncated: ${lines.length} lines in all]`];
    kept.push(fitted);
  }
  return kept;
}
