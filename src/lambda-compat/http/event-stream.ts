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

export interface EventStreamOptions {
  /** The event that was read already; undefined for none. */
  readonly first: IteratorResult<LiveEvent, undefined> | undefined;
  /** The longest silence of the stream, in ms, before a comment is sent. */
  readonly heartbeatMs: number;
  /** The part of a commit's text that the reader may see. */
  readonly readable: (text: string) => string;
  /** Told when the stream has ended, or its reader has left. */
  readonly onClosed: () => void;
}

export function eventStream(
  events: AsyncIterator<LiveEvent, undefined>,
  { first, heartbeatMs, readable, onClosed }: EventStreamOptions,
): Response {
  const frame = ({ done, value }: IteratorResult<LiveEvent, undefined>): string =>
    done ? END : commit(value.seq, readable(value.body));
  let next = first && Promise.resolve(frame(first));
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      next ??= events.next().then(frame, () => BROKEN);
      const text = await within(next, heartbeatMs);
      controller.enqueue(utf8(text));
      if (text !== COMMENT) next = undefined;
      if (text !== END && text !== BROKEN) return;
      controller.close();
      onClosed();
    },
    cancel() {
      onClosed();
      events.return?.().catch(() => {});
    },
  });
  return new Response(stream, { headers: { "Content-Type": "text/event-stream" } });
}

function commit(seq: number, body: string): string {
  return `id: ${seq}\nevent: commit\ndata: ${body.replace(/\r\n?|\n/g, "\ndata: ")}\n\n`;
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
