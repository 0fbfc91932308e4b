/** Lambda's Runtime API for one environment, which alone knows the port: on loopback, over HTTP. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { FunctionError, InvocationOutcome } from "./outcome.ts";

/** What an invocation says of itself beside its event. */
export type InvocationHeaders = Readonly<Record<string, string>>;

export interface RuntimeListener {
  /** The runtime client asks for its next invocation, and waits for as long as it takes. */
  readonly onNext: (answer: (event: string, headers: InvocationHeaders) => void) => void;
  readonly onOutcome: (requestId: string, outcome: InvocationOutcome) => void;
  readonly onChunk: (requestId: string, chunk: Uint8Array, contentType: string) => void;
  /** The function could not be loaded. */
  readonly onInitError: (error: FunctionError) => void;
}

/** Larger ones Lambda refuses; bytes. */
const MAX_RESPONSE = 6 * 1024 * 1024;
const ERROR_TYPE = "lambda-runtime-function-error-type";
const ERROR_BODY = "lambda-runtime-function-error-body";

export class RuntimeApi {
  readonly #server: Server;
  readonly #listener: RuntimeListener;

  private constructor(listener: RuntimeListener) {
    this.#listener = listener;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(listener: RuntimeListener): Promise<RuntimeApi> {
    const api = new RuntimeApi(listener);
    await new Promise<void>((resolve) => api.#server.listen(0, "127.0.0.1", resolve));
    return api;
  }

  /** Host and port, as in AWS_LAMBDA_RUNTIME_API. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, requestId = "", call] = /runtime\/(?:invocation\/)?([^/]+)(?:\/(\w+))?$/.exec(request.url ?? "") ?? [];
    if (requestId === "next") {
      this.#listener.onNext((event, headers) => response.writeHead(200, headers).end(event));
      return;
    }
    try {
      if (requestId === "init") this.#listener.onInitError(JSON.parse(await textOf(request)) as FunctionError);
      else this.#listener.onOutcome(requestId, await this.#outcomeOf(call, requestId, request));
      response.writeHead(202).end();
    } catch {
      // The process died in the middle of its answer: its end tells.
      response.destroy();
    }
  }

  async #outcomeOf(call: string | undefined, requestId: string, request: IncomingMessage): Promise<InvocationOutcome> {
    if (call === "error") return { status: "FAILED", error: JSON.parse(await textOf(request)) as FunctionError };
    const contentType = request.headers["content-type"] ?? "";
    const isStreaming = request.headers["lambda-runtime-function-response-mode"] === "streaming";
    const payload = await textOf(request, (chunk) => {
      if (isStreaming) this.#listener.onChunk(requestId, chunk, contentType);
    });
    if (request.trailers[ERROR_TYPE] !== undefined) return { status: "FAILED", error: streamError(request) };
    if (!isStreaming && Buffer.byteLength(payload) > MAX_RESPONSE) {
      const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE} bytes).`;
      return { status: "FAILED", error: { errorType: "Function.ResponseSizeTooLarge", errorMessage } };
    }
    return { status: "SUCCEEDED", payload, contentType };
  }
}

function streamError({ trailers }: IncomingMessage): FunctionError {
  return JSON.parse(Buffer.from(trailers[ERROR_BODY] ?? "", "base64").toString()) as FunctionError;
}

async function textOf(request: IncomingMessage, onChunk?: (chunk: Uint8Array) => void): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    onChunk?.(chunk);
  }
  return Buffer.concat(chunks).toString();
}
