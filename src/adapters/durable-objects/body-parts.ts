/**
 * Splits the text of a commit into values that fit a row, and joins them again.
 *
 * The platform refuses a value or a row of 2 MB or more, but its local runtime takes them, so the guard is here. A part
 * is measured in UTF-16 units because that costs nothing: a unit takes at most three bytes of UTF-8. Text with lone
 * surrogates has no UTF-8 and would come back changed, so such a part is kept as its units, in a BLOB.
 */

const UNITS_PER_PART = 600_000;
const UNITS_PER_CALL = 8_192;

export type BodyPart = string | ArrayBuffer;

export function splitBody(body: string): BodyPart[] {
  if (body.length <= UNITS_PER_PART) return [encodePart(body)];
  const parts: BodyPart[] = [];
  for (let start = 0; start < body.length; ) {
    const end = partEnd(body, start);
    parts.push(encodePart(body.slice(start, end)));
    start = end;
  }
  return parts;
}

export function joinPart(part: BodyPart): string {
  if (typeof part === "string") return part;
  const units = new Uint16Array(part);
  let text = "";
  for (let start = 0; start < units.length; start += UNITS_PER_CALL) {
    text += String.fromCharCode(...units.subarray(start, start + UNITS_PER_CALL));
  }
  return text;
}

/** Never between the two halves of a pair: each would be a lone surrogate. */
function partEnd(body: string, start: number): number {
  const end = start + UNITS_PER_PART;
  if (end >= body.length) return body.length;
  const last = body.charCodeAt(end - 1);
  return last >= 0xd800 && last < 0xdc00 ? end - 1 : end;
}

function encodePart(text: string): BodyPart {
  if (text.isWellFormed()) return text;
  const units = new Uint16Array(text.length);
  for (let index = 0; index < text.length; index++) units[index] = text.charCodeAt(index);
  return units.buffer;
}
