/** Letters and digits in a row, which the ids of callbacks are but for their padding. */

/** Of an id with the longest names. */
const LONGEST_ID = 320;

/** A letter or a digit. */
export function isInRun(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  const letter = code | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || (code >= 0x30 && code <= 0x39);
}

/** The beginning of the run that ends before `end`, as far back as an id may reach. */
export function startOfWord(text: string, end: number): number {
  let start = end;
  while (start > 0 && end - start < LONGEST_ID && isInRun(text, start - 1)) start--;
  return start;
}
