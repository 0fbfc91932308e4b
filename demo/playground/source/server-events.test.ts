import { expect, test } from "vitest";
import { readEvents } from "./server-events.ts";

test("reads events however the bytes arrive, and passes over comments", async () => {
  const bytes = new TextEncoder().encode(
    ':\n\nid: 1\nevent: commit\ndata: {"ü":\ndata: 1}\n\nevent: end\ndata: {}\n\n',
  );
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const events = [];
  for await (const event of readEvents(stream)) events.push(event);
  expect(events).toEqual([
    { id: "1", event: "commit", data: '{"ü":\n1}' },
    { id: "", event: "end", data: "{}" },
  ]);
});
