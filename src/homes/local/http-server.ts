/** A fetch handler on a port of this machine, by node:http. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";

/** `caller` is the address that a request came from, as the connection has it; no header can change it. */
export type FetchHandler = (request: Request, caller?: string) => Promise<Response>;

export interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

export interface Place {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** Rejects with the error of the platform, such as EADDRINUSE. */
export async function listen(handler: FetchHandler, { host, port }: Place): Promise<Listening> {
  const server = createServer((incoming, outgoing) => {
    relay(handler, incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((listening, failed) => {
    server.once("error", failed);
    server.listen(port, host, listening);
  });
  const { port: taken } = server.address() as AddressInfo;
  return { url: `http://${isIPv6(host) ? `[${host}]` : host}:${taken}`, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  return new Promise((closed) => {
    server.close(() => closed());
    server.closeAllConnections();
  });
}

async function relay(handler: FetchHandler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const left = new AbortController();
  outgoing.once("close", () => left.abort());
  const request = requestOf(incoming, left.signal);
  if (request === undefined) {
    outgoing.writeHead(400, { Connection: "close" }).end();
    return;
  }
  const response = await handler(request, incoming.socket.remoteAddress);
  // The connection of a caller who has left before the answer is not closed once more.
  if (left.signal.aborted) return response.body?.cancel();
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

/** Without a path, user or query, which would become parts of the address. */
const HOST = /^[\w.:[\]-]+$/;

/** Undefined for what is no request to a handler: for a host or a path that is none, or a method that fetch does not know. */
function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request | undefined {
  const { headers, url = "" } = incoming;
  if (!HOST.test(headers.host ?? "localhost") || !url.startsWith("/")) return undefined;
  try {
    return toRequest(incoming, signal);
  } catch {
    return undefined;
  }
}

/** `signal` is aborted when the caller has left. */
function toRequest(incoming: IncomingMessage, signal: AbortSignal): Request {
  const method = incoming.method ?? "GET";
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
  const url = `http://${incoming.headers.host ?? "localhost"}${incoming.url}`;
  if (method === "GET" || method === "HEAD") return new Request(url, { method, headers, signal });
  const streamed: RequestInit & { duplex: "half" } = {
    method,
    headers,
    signal,
    body: Readable.toWeb(incoming) as BodyInit,
    duplex: "half",
  };
  return new Request(url, streamed);
}
