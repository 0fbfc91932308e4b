/**
 * The live events of an execution as bytes, since RPC carries no other streams: one line of JSON each. The last line
 * says that it is the last. A stream that stops without it was cut off, and can be asked for again after the last event.
 */

import type { LiveEvent } from "../../engine/runner/client.ts";
import { type Answer, answer, unwrap } from "./answer.ts";
import { reach } from "./reach.ts";

/** A line of the stream: an event, the end, or the error that takes their place. */
type Line = Answer<LiveEvent | "end">;

export function writeLive(events: AsyncIterable<LiveEvent>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = events[Symbol.asyncIterator]();
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const line: Line = await answer(async () => {
        const next = await iterator.next();
        return next.done === true ? "end" : next.value;
      });
      controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
      if (!line.ok || line.value === "end") controller.close();
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

/**
 * Reads live events, and asks for the stream anew, after the last event, when it was cut off. Letting go of it half way
 * tells the writer. It is no generator because `return` of one would wait for an event that may never come.
 */
export class LiveEvents implements AsyncIterator<LiveEvent> {
  readonly #open: (cursor: number) => Promise<ReadableStream<Uint8Array>>;
  #cursor: number;
  #lines: LineReader | undefined;

  constructor(cursor: number, open: (cursor: number) => Promise<ReadableStream<Uint8Array>>) {
    this.#cursor = cursor;
    this.#open = open;
  }

  async next(): Promise<IteratorResult<LiveEvent>> {
    const event = await reach(() => this.#read(), true);
    if (event === "end") return { done: true, value: undefined };
    this.#cursor = event.seq;
    return { done: false, value: event };
  }

  async return(): Promise<IteratorResult<LiveEvent>> {
    await this.#lines?.cancel();
    return { done: true, value: undefined };
  }

  async #read(): Promise<LiveEvent | "end"> {
    this.#lines ??= new LineReader(await this.#open(this.#cursor));
    try {
      return unwrap(JSON.parse(await this.#lines.next()) as Line);
    } catch (error) {
      this.#lines = undefined;
      throw error;
    }
  }
}

class LineReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #buffered = "";

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  async next(): Promise<string> {
    for (;;) {
      const end = this.#buffered.indexOf("\n");
      if (end >= 0) {
        const line = this.#buffered.slice(0, end);
        this.#buffered = this.#buffered.slice(end + 1);
        return line;
      }
      const { done, value } = await this.#reader.read();
      if (done) throw new Error("the stream of live events was cut off");
      this.#buffered += this.#decoder.decode(value, { stream: true });
    }
  }

  async cancel(): Promise<void> {
    await this.#reader.cancel();
  }
}
