/**
 * The times in messages to a function, on the function's own clock. The emulator's may be ahead; an SDK compares these
 * times with the clock on the wall to find the time to wait.
 */

const TIMES = ["StartTimestamp", "EndTimestamp", "NextAttemptTimestamp", "ScheduledEndTimestamp"];

/** A checkpoint's answer, or a page of the state. Payloads are texts in it, and are left alone. */
export async function onWallClock(response: Response, wallAt: (emulated: number) => number): Promise<Response> {
  const text = await response.text();
  const convert = (key: string, value: unknown): unknown =>
    TIMES.includes(key) && typeof value === "number" ? wallAt(value * 1000) / 1000 : value;
  const body = response.ok ? JSON.stringify(JSON.parse(text, convert)) : text;
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  return new Response(body, { status: response.status, headers });
}
