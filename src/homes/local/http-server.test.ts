import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { type FetchHandler, listen } from "./http-server.ts";

async function serve(handler: FetchHandler): Promise<number> {
  const served = await listen(handler, { host: "127.0.0.1", port: 0 });
  onTestFinished(() => served.close());
  return Number(new URL(served.url).port);
}

/** The first line of what is answered to a text that is sent as it is. */
function statusOf(port: number, text: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(port, "127.0.0.1", () => socket.write(text));
  let answer = "";
  socket.on("data", (data) => {
    answer += data.toString();
    if (answer.includes("\r\n\r\n")) socket.destroy();
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => resolve(answer.split("\r\n")[0] ?? ""));
  return promise;
}

test.for([
  "TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "GET http://other.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: \r\n\r\n",
  "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: localhost:99999\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: user@localhost\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: localhost/another/path?\r\n\r\n",
])("what no request can be made of is answered with 400, and reaches no handler: %j", async (text) => {
  const handled: string[] = [];
  const port = await serve(async ({ url }) => {
    handled.push(url);
    return new Response();
  });
  expect(await statusOf(port, text)).toBe("HTTP/1.1 400 Bad Request");
  expect(await statusOf(port, "GET /next HTTP/1.1\r\nHost: localhost\r\n\r\n")).toBe("HTTP/1.1 200 OK");
  expect(handled).toEqual(["http://localhost/next"]);
});

test("a handler is told the address that the connection comes from, whatever the request says", async () => {
  const callers: unknown[] = [];
  const port = await serve(async (_, caller) => {
    callers.push(caller);
    return new Response();
  });
  const forged = "Host: other.example\r\nX-Forwarded-For: 203.0.113.9\r\nForwarded: for=203.0.113.9";
  await statusOf(port, `GET / HTTP/1.1\r\n${forged}\r\n\r\n`);
  expect(callers).toEqual(["127.0.0.1"]);
});

test.for(["before", "after"])("a stream is let go of when its reader leaves %s the answer begins", async (when) => {
  const leaving = new AbortController();
  const { promise: isCancelled, resolve: cancel } = Promise.withResolvers<void>();
  const port = await serve(async ({ signal }) => {
    const left = new Promise((resolve) => signal.addEventListener("abort", resolve));
    if (when === "before") {
      leaving.abort();
      await left;
    }
    return new Response(new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(1)), cancel }));
  });
  const asked = fetch(`http://127.0.0.1:${port}/`, { signal: leaving.signal });
  const refusal = await asked.then(
    () => leaving.abort(),
    ({ name }: Error) => name,
  );
  expect(refusal).toBe(when === "before" ? "AbortError" : undefined);
  await isCancelled;
});
