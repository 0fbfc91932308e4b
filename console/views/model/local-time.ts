/** Times as the browser's control for them has them: local, to the minute. Times are ms since the epoch. */

export function localText(at: number | undefined): string {
  if (at === undefined) return "";
  return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Undefined for what is no time, such as a control that was emptied. */
export function timeOfLocal(text: string): number | undefined {
  const time = new Date(text).getTime();
  return Number.isNaN(time) ? undefined : time;
}
