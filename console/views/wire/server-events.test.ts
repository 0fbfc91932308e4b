import { expect, test } from "vitest";
import { type EventBounds, readEvents, type ServerEvent } from "./server-events.ts";

const encoder = new TextEncoder();

async function eventsOf(chunks: Iterable<Uint8Array<ArrayBuffer>>, bounds?: EventBounds): Promise<ServerEvent[]> {
  const pieces = chunks[Symbol.iterator]();
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const { done, value } = pieces.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
  });
  const events = [];
  for await (const event of readEvents(stream, bounds)) events.push(event);
  return events;
}

function* endless(piece: string): Generator<Uint8Array<ArrayBuffer>> {
  for (;;) yield encoder.encode(piece);
}

test("reads events however the bytes arrive, and passes over comments", async () => {
  const bytes = encoder.encode(':\n\nid: 1\nevent: commit\ndata: {"ü":\ndata: 1}\n\nevent: end\ndata: {}\n\n');
  expect(await eventsOf(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual([
    { id: "1", event: "commit", data: '{"ü":\n1}' },
    { id: "", event: "end", data: "{}" },
  ]);
});

test("gives up on an event without an end", async () => {
  await expect(eventsOf(endless("data: and on\n"), { mostBytesAnEvent: 100_000 })).rejects.toThrow(
    "An event of the Worker's stream is larger than 100 kB",
  );
});

test("gives up on a stream without an end, of comments too", async () => {
  for (const piece of ["event: commit\nid: 1\ndata: {}\n\n", ":\n\n"]) {
    await expect(eventsOf(endless(piece), { mostBytes: 1_000_000 })).rejects.toThrow("is larger than 1 MB");
  }
});
