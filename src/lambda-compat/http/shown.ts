/** The part of an execution that a caller may see: its payloads come with the callback ids that handlers put there. */

import type { Call } from "./call.ts";

export async function shown(call: Call, answer: object): Promise<Response> {
  const readable = await readableBy(call);
  return new Response(readable(JSON.stringify(answer)), { headers: { "Content-Type": "application/json" } });
}

/** The part of a text that this caller may read: callback ids are only for callers who may complete callbacks. */
export async function readableBy({ may }: Call): Promise<(text: string) => string> {
  if (may("callback")) return (text) => text;
  const { redactCallbackIds } = await import("./redaction.ts");
  return redactCallbackIds;
}
