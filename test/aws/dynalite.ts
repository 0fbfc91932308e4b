/** DynamoDB in this process, by dynalite: on loopback alone, in memory or in a folder. */

import type { AddressInfo } from "node:net";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import dynalite, { type Server } from "dynalite";
import { tableDefinition } from "../../src/adapters/dynamodb/schema.ts";

export class Dynalite {
  readonly client: DynamoDBDocumentClient;
  readonly #server: Server;

  private constructor(server: Server, client: DynamoDBDocumentClient) {
    this.#server = server;
    this.client = client;
  }

  static async start(path?: string): Promise<Dynalite> {
    const server = dynalite({ createTableMs: 0, ...(path === undefined ? {} : { path }) });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const client = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
    return new Dynalite(server, DynamoDBDocumentClient.from(client));
  }

  async createTable(name: string): Promise<void> {
    await this.client.send(new CreateTableCommand(tableDefinition(name)));
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
