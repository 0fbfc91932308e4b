/**
 * An execution's commits as server-sent events, from any cursor on. The stream is pulled, so a reader that falls
 * behind holds back only itself, and comments keep the connection open while nothing happens.
 */

import type { LiveEvent } from "../../engine/runner/client.ts";
import { utf8 } from "./digest.ts";

const END = "event: end\ndata: {}\n\n";
/** A reader that comes back with its last id goes on where it was. */
const BROKEN = "event: error\ndata: {}\n\n";
const COMMENT = ":\n\n";

/** `heartbeatMs` is how long the stream may be silent. */
export function eventStream(events: AsyncIterable<LiveEvent>, heartbeatMs: number): Response {
  const iterator = events[Symbol.asyncIterator]();
  let next: Promise<string> | undefined;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      next ??= iterator.next().then(frame, () => BROKEN);
      const text = await within(next, heartbeatMs);
      controller.enqueue(utf8(text));
      if (text !== COMMENT) next = undefined;
      if (text === END || text === BROKEN) controller.close();
    },
    cancel() {
      iterator.return?.().catch(() => {});
    },
  });
  return new Response(stream, { headers: { "Content-Type": "text/event-stream" } });
}

function frame({ done, value }: IteratorResult<LiveEvent, undefined>): string {
  return done ? END : `id: ${value.seq}\nevent: commit\ndata: ${value.body.replace(/\r\n?|\n/g, "\ndata: ")}\n\n`;
}

function within(text: Promise<string>, ms: number): Promise<string> {
  return new Promise((settle) => {
    const timer = setTimeout(settle, ms, COMMENT);
    void text.then((value) => {
      clearTimeout(timer);
      settle(value);
    });
  });
}
