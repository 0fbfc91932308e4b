import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface StandInRequest {
  readonly method: string;
  /** Path segments, decoded; `/a/b%20c` gives `["a", "b c"]`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface StandInResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export type StandInHandler = (request: StandInRequest) => Promise<StandInResponse>;

export interface LoopbackServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Ends open connections too. */
  close(): Promise<void>;
}

/** Serves on 127.0.0.1; any free port for `port` 0. Rejects with `EADDRINUSE` when the port is taken. */
export async function serveOnLoopback(handler: StandInHandler, port: number): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    void respond(handler, request, response);
  });
  await listen(server, port);
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((listening, fail) => {
    server.once("error", fail);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", fail);
      listening();
    });
  });
}

async function respond(handler: StandInHandler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  let answer: StandInResponse;
  try {
    answer = await handler(await readRequest(incoming));
  } catch (error) {
    // A caller that died in the middle of its request leaves nobody to answer.
    if (incoming.destroyed && !incoming.complete) return;
    answer = { status: 500, body: String(error) };
  }
  const body = Buffer.from(answer.body ?? "");
  outgoing.writeHead(answer.status, { "content-length": body.length, ...answer.headers });
  outgoing.end(incoming.method === "HEAD" ? undefined : body);
}

async function readRequest(incoming: IncomingMessage): Promise<StandInRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
  return {
    method: incoming.method ?? "GET",
    path: url.pathname.split("/").slice(1).map(decodeURIComponent),
    query: url.searchParams,
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    body: Buffer.concat(chunks),
  };
}
