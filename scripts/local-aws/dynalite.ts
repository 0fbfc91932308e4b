/** DynamoDB in this process, by dynalite: on loopback alone, in memory or in a folder. */

import type { AddressInfo } from "node:net";
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import dynalite, { type Server } from "dynalite";
import { tableDefinition } from "../../src/adapters/dynamodb/schema.ts";

export class Dynalite {
  /** The address for other processes. */
  readonly endpoint: string;
  readonly client: DynamoDBDocumentClient;
  readonly #server: Server;

  private constructor(server: Server, endpoint: string) {
    this.#server = server;
    this.endpoint = endpoint;
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    this.client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region: "us-east-1", credentials }));
  }

  static async start(path?: string): Promise<Dynalite> {
    const server = dynalite({ createTableMs: 0, ...(path === undefined ? {} : { path }) });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return new Dynalite(server, `http://127.0.0.1:${port}`);
  }

  /** Resolves once the table can be used. */
  async createTable(name: string): Promise<void> {
    await this.client.send(new CreateTableCommand(tableDefinition(name)));
    for (let status: string | undefined; status !== "ACTIVE"; ) {
      const { Table } = await this.client.send(new DescribeTableCommand({ TableName: name }));
      status = Table?.TableStatus;
    }
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
