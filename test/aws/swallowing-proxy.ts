/** Stands before a DynamoDB: it hands every request on, and swallows the answers that it is told to. */

import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export class SwallowingProxy {
  /** Answers that were swallowed. */
  swallowed = 0;
  readonly #server: Server;

  private constructor(target: number, swallows: (operation: string) => boolean) {
    this.#server = createServer((incoming, outgoing) => {
      const operation = String(incoming.headers["x-amz-target"]).split(".").at(-1) ?? "";
      this.#relay(target, incoming, swallows(operation) ? undefined : outgoing);
    });
  }

  /** `swallows` is asked before a request is handed on. */
  static async start(target: number, swallows: (operation: string) => boolean): Promise<SwallowingProxy> {
    const proxy = new SwallowingProxy(target, swallows);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #relay(port: number, incoming: IncomingMessage, outgoing: ServerResponse | undefined): void {
    const { method, headers, url } = incoming;
    const forwarded = request({ host: "127.0.0.1", port, method, headers, path: url }, (answer) => {
      if (outgoing !== undefined) {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
        return;
      }
      answer.resume();
      answer.once("end", () => {
        this.swallowed++;
        incoming.socket.destroy();
      });
    });
    forwarded.once("error", () => incoming.socket.destroy());
    incoming.pipe(forwarded);
  }
}
