/** Reads every log as it grows, by a client that nothing ever happens to. */

import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { DynamoStore } from "../../../src/adapters/dynamodb/dynamodb-store.ts";
import { rowOf } from "../../../src/adapters/dynamodb/head.ts";
import { MemoryStore } from "../../../src/adapters/memory/memory-store.ts";
import type { DirectoryRow } from "../../../src/engine/ports/execution-store.ts";
import { Archive, type Landing } from "../../../src/testing/chaos/archive.ts";
import type { Services } from "./services.ts";

export class Observer {
  /** What was read, in a store that keeps its contract. */
  readonly disk = new MemoryStore();
  readonly archive: Archive;
  readonly #services: Services;
  readonly #store: DynamoStore;
  #rows: readonly DirectoryRow[] = [];

  constructor(services: Services, onLanding: (landing: Landing) => void) {
    const { dynamodb, table, s3, bucket } = services;
    this.#services = services;
    this.archive = new Archive(this.disk, onLanding);
    this.#store = new DynamoStore({ client: dynamodb.client, table, offload: { client: s3.client, bucket } });
  }

  /** True when all executions have ended, as far as was read last, and the rows that are left say so. */
  get isOver(): boolean {
    return (
      this.archive.all.every(({ hasEnded }) => hasEnded) &&
      this.#rows.every(({ incarnation, status }) => this.archive.of(incarnation)?.state.header.status === status)
    );
  }

  /** How many executions there are. */
  get count(): number {
    return this.#rows.length;
  }

  async look(): Promise<void> {
    this.#rows = await this.#heads();
    await Promise.all(this.#rows.map((row) => this.#follow(row)));
  }

  /** Takes over what the directory says, for whoever compares it with the logs. */
  keepRows(): void {
    for (const row of this.#rows) this.disk.putRow(row);
  }

  /** All at once, and as the table has them: a list asks every shard of an index, which lags behind. */
  async #heads(): Promise<readonly DirectoryRow[]> {
    const { dynamodb, table } = this.#services;
    const rows: DirectoryRow[] = [];
    let after: Record<string, unknown> | undefined;
    do {
      const page = await dynamodb.client.send(
        new ScanCommand({
          TableName: table,
          ConsistentRead: true,
          FilterExpression: "attribute_exists(#row)",
          ExpressionAttributeNames: { "#row": "row" },
          ...(after === undefined ? {} : { ExclusiveStartKey: after }),
        }),
      );
      rows.push(...(page.Items ?? []).map(rowOf));
      after = page.LastEvaluatedKey;
    } while (after !== undefined);
    return rows;
  }

  async #follow(row: DirectoryRow): Promise<void> {
    const { id, incarnation } = row;
    for (let next: number | undefined = (this.archive.of(incarnation)?.log.length ?? 0) + 1; next !== undefined; ) {
      const page = await this.#store.read(id, next, { incarnation });
      for (const [at, body] of (page?.bodies ?? []).entries()) this.#land(row, next + at, body);
      next = page?.next;
    }
  }

  #land(row: DirectoryRow, seq: number, body: string): void {
    const { id, incarnation } = row;
    if (seq === 1) this.archive.create(row, body, "");
    else this.archive.append({ id, seq, body, incarnation }, "");
  }
}
