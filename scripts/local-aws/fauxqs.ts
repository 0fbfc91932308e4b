/** SQS and S3 in this process: on loopback alone, and in memory, so that what is in them is lost with the process. */

import type { AddressInfo } from "node:net";
import { buildApp } from "fauxqs";

export class Fauxqs {
  /** The address for other processes. */
  readonly endpoint: string;
  readonly #app: ReturnType<typeof buildApp>;

  private constructor(app: ReturnType<typeof buildApp>) {
    this.#app = app;
    this.endpoint = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<Fauxqs> {
    const app = buildApp({ logger: false });
    await app.listen({ host: "127.0.0.1", port: 0 });
    return new Fauxqs(app);
  }

  async stop(): Promise<void> {
    this.#app.server.closeAllConnections();
    await this.#app.close();
  }
}
