import fc from "fast-check";
import { expect, test } from "vitest";
import { ClientError, type LiveEvent } from "../../engine/runner/client.ts";
import { LiveEvents, writeLive } from "./live-stream.ts";

async function* emit(events: readonly LiveEvent[], error?: Error): AsyncGenerator<LiveEvent> {
  yield* events;
  if (error !== undefined) throw error;
}

async function collect(events: AsyncIterator<LiveEvent>): Promise<LiveEvent[]> {
  const seen: LiveEvent[] = [];
  for (let next = await events.next(); next.done !== true; next = await events.next()) seen.push(next.value);
  return seen;
}

function numbered(bodies: readonly string[]): LiveEvent[] {
  return bodies.map((body, at) => ({ seq: at + 1, body }));
}

/** The same bytes in chunks of this size: a network cuts where it likes. */
function rechunk(stream: ReadableStream<Uint8Array>, size: number): ReadableStream<Uint8Array> {
  const cut = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      for (let start = 0; start < chunk.length; start += size) controller.enqueue(chunk.slice(start, start + size));
    },
  });
  return stream.pipeThrough(cut);
}

test("brings every event across, whatever is in it and wherever the bytes are cut", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: "grapheme" })),
      fc.integer({ min: 1, max: 9 }),
      async (bodies, size) => {
        const events = numbered([...bodies, "line\nbreaks\r\nand 世界"]);
        const reader = new LiveEvents(0, async () => rechunk(writeLive(emit(events)), size));
        expect(await collect(reader)).toEqual(events);
      },
    ),
  );
});

test("asks again after the last event when the stream is cut off", async () => {
  const events = numbered(["one", "two", "three"]);
  const asked: number[] = [];
  const reader = new LiveEvents(0, async (cursor) => {
    asked.push(cursor);
    const stream = writeLive(emit(events.slice(cursor)));
    return asked.length < 3 ? stream.pipeThrough(cutAfter(1)) : stream;
  });
  expect(await collect(reader)).toEqual(events);
  expect(asked).toEqual([0, 1, 2]);
});

/** Ends a stream after so many chunks, as if the writer had died. */
function cutAfter(chunks: number): TransformStream<Uint8Array, Uint8Array> {
  let left = chunks;
  return new TransformStream({
    transform(chunk, controller) {
      if (left-- > 0) controller.enqueue(chunk);
      if (left === 0) controller.terminate();
    },
  });
}

test("tells a refusal as what it was", async () => {
  const refusal = new ClientError("ResourceNotFoundException", "There is no such execution.");
  const reader = new LiveEvents(0, async () => writeLive(emit([], refusal)));
  await expect(reader.next()).rejects.toMatchObject({ code: refusal.code, message: refusal.message });
});

test("lets the writer know when the reader leaves", async () => {
  let isLeft = false;
  const endless: AsyncIterable<LiveEvent> = {
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.resolve({ done: false, value: { seq: 1, body: "one" } }),
      return: async () => {
        isLeft = true;
        return { done: true, value: undefined };
      },
    }),
  };
  const reader = new LiveEvents(0, async () => writeLive(endless));
  await reader.next();
  await reader.return();
  expect(isLeft).toBe(true);
});
