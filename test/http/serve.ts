import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";

export type FetchHandler = (request: Request) => Promise<Response>;

export interface Served {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

/** Puts a fetch handler on a free port of the loopback interface. */
export async function serve(handler: FetchHandler): Promise<Served> {
  const server = createServer((incoming, outgoing) => {
    void relay(handler, incoming, outgoing);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function relay(handler: FetchHandler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const response = await handler(toRequest(incoming));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (!response.body) {
    outgoing.end();
    return;
  }
  outgoing.flushHeaders();
  const body = Readable.fromWeb(response.body as ReadableStream);
  outgoing.once("close", () => body.destroy());
  body.once("error", () => outgoing.destroy());
  body.pipe(outgoing);
}

function toRequest(incoming: IncomingMessage): Request {
  const method = incoming.method ?? "GET";
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
  const url = `http://${incoming.headers.host}${incoming.url}`;
  if (method === "GET" || method === "HEAD") return new Request(url, { method, headers });
  const streamed: RequestInit & { duplex: "half" } = {
    method,
    headers,
    body: Readable.toWeb(incoming) as BodyInit,
    duplex: "half",
  };
  return new Request(url, streamed);
}
