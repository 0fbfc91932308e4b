import { describe, expect, test } from "vitest";
import type { LiveEvent } from "../../engine/runner/client.ts";
import { eventStream } from "./event-stream.ts";

const AS_IS = { first: undefined, readable: (text: string) => text, onClosed: () => {} };
const commits: readonly LiveEvent[] = [
  { seq: 1, body: '{"v":1}' },
  { seq: 2, body: "two\nlines\r\nand\rmore" },
];

async function* listed(events: readonly LiveEvent[], failure?: Error): AsyncGenerator<LiveEvent, undefined> {
  yield* events;
  if (failure) throw failure;
  return undefined;
}

describe("an event stream", () => {
  test("carries every commit under its number, line by line, and says when it is over", async () => {
    const response = eventStream(listed(commits), { ...AS_IS, heartbeatMs: 60_000 });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(await response.text()).toBe(
      'id: 1\nevent: commit\ndata: {"v":1}\n\n' +
        "id: 2\nevent: commit\ndata: two\ndata: lines\ndata: and\ndata: more\n\n" +
        "event: end\ndata: {}\n\n",
    );
  });

  test("says that it broke, and not why", async () => {
    const text = await eventStream(listed(commits.slice(0, 1), new Error("a secret")), {
      ...AS_IS,
      heartbeatMs: 60_000,
    }).text();
    expect(text).toBe('id: 1\nevent: commit\ndata: {"v":1}\n\nevent: error\ndata: {}\n\n');
  });

  test("comments while nothing happens, and loses nothing by it", async () => {
    let happen = (_: IteratorResult<LiveEvent>): void => {};
    const first = new Promise<IteratorResult<LiveEvent>>((resolve) => {
      happen = resolve;
    });
    const answers = [first, Promise.resolve({ done: true, value: undefined } as const)];
    const events = { next: async () => answers.shift() ?? { done: true, value: 0 } };
    const reader = eventStream(events as AsyncIterator<LiveEvent, undefined>, { ...AS_IS, heartbeatMs: 1 })
      .body!.pipeThrough(new TextDecoderStream())
      .getReader();
    expect((await reader.read()).value).toBe(":\n\n");
    expect((await reader.read()).value).toBe(":\n\n");
    happen({ done: false, value: { seq: 7, body: "{}" } });
    const rest: string[] = [];
    for (let each = await reader.read(); !each.done; each = await reader.read()) {
      if (each.value !== ":\n\n") rest.push(each.value);
    }
    expect(rest).toEqual(["id: 7\nevent: commit\ndata: {}\n\n", "event: end\ndata: {}\n\n"]);
  });

  test("is closed when it has come to its end, when it broke and when its reader has left", async () => {
    const closed: string[] = [];
    const stream = (how: string, events: AsyncIterator<LiveEvent, undefined>): Response =>
      eventStream(events, { ...AS_IS, heartbeatMs: 60_000, onClosed: () => closed.push(how) });
    await stream("ended", listed(commits)).text();
    await stream("broke", listed(commits, new Error("a secret"))).text();
    const reader = stream("left", listed(commits)).body!.getReader();
    await reader.read();
    expect(closed).toEqual(["ended", "broke"]);
    await reader.cancel();
    expect(closed).toEqual(["ended", "broke", "left"]);
  });

  test("asks for no more than is read, and lets go when the reader leaves", async () => {
    const asked: string[] = [];
    const events: AsyncIterator<LiveEvent, undefined> = {
      next: async () => {
        asked.push("next");
        return { done: false, value: { seq: asked.length, body: "{}" } };
      },
      return: async () => {
        asked.push("return");
        return { done: true, value: undefined };
      },
    };
    const reader = eventStream(events, { ...AS_IS, heartbeatMs: 60_000 }).body!.getReader();
    await reader.read();
    await reader.read();
    await reader.cancel();
    expect(asked.filter((each) => each === "next").length).toBeLessThanOrEqual(3);
    expect(asked.at(-1)).toBe("return");
  });
});
