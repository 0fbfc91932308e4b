/** A Function URL, or an HTTP API, before a function: on loopback, payload format 2.0. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { LambdaHandlers } from "../../src/homes/aws/create-lambda-host.ts";
import type { HttpEvent, HttpResult } from "../../src/homes/aws/lambda-events.ts";
import { localContext } from "./queue-mapping.ts";

export interface GatewayOptions {
  readonly call: LambdaHandlers["http"];
  /** Files that are served at the same address; undefined for what is none of them. */
  readonly page?: (request: Request) => Promise<Response | undefined>;
  /** 0 by default: any that is free. */
  readonly port?: number;
  readonly timeoutSeconds?: number;
  /** As HTTP APIs do, and Function URLs do not. */
  readonly decodesPath?: boolean;
}

const TIMEOUT_SECONDS = 60;

export class HttpGateway {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(options: GatewayOptions): Promise<HttpGateway> {
    const server = createServer((request, response) => {
      answer(options, request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(options.port ?? 0, "127.0.0.1", resolve);
    });
    return new HttpGateway(server);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function answer(options: GatewayOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { call, page, timeoutSeconds = TIMEOUT_SECONDS, decodesPath = false } = options;
  const file = await page?.(
    new Request(`http://${request.headers.host}${request.url}`, { method: request.method ?? "GET" }),
  );
  if (file !== undefined) {
    response.writeHead(file.status, Object.fromEntries(file.headers)).end(Buffer.from(await file.arrayBuffer()));
    return;
  }
  const result = (await call(await eventOf(request, decodesPath), localContext(timeoutSeconds))) as HttpResult;
  const { statusCode, headers, body, isBase64Encoded } = result;
  response.writeHead(statusCode, headers).end(Buffer.from(body, isBase64Encoded ? "base64" : "utf8"));
}

async function eventOf(request: IncomingMessage, decodesPath: boolean): Promise<HttpEvent> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const [path = "/", query = ""] = (request.url ?? "/").split(/\?(.*)/s);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(",")]);
  return {
    version: "2.0",
    rawPath: decodesPath ? decodeURIComponent(path) : path,
    rawQueryString: query,
    headers: Object.fromEntries(headers) as HttpEvent["headers"],
    body: Buffer.concat(chunks).toString("base64"),
    isBase64Encoded: true,
    requestContext: { domainName: request.headers.host ?? "", http: { method: request.method ?? "GET" } },
  };
}
