/** The calls that the store makes, in its own words. Every read is consistent but those of an index, which cannot be. */

import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import {
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type { Item } from "./head.ts";
import { Key } from "./schema.ts";
import { explained } from "./throttling.ts";

/** A stretch of a partition, in the order of its sort keys. */
export interface Stretch {
  readonly partition: string;
  /** The first and the last sort key that belong to it. */
  readonly from: string | number;
  readonly to: string | number;
  readonly reverse?: boolean;
  readonly limit?: number;
  readonly index?: { readonly name: string; readonly partition: string; readonly sort: string };
  /** Attributes to read; all when absent. */
  readonly only?: readonly string[];
}

export interface Found {
  readonly items: readonly Item[];
  /** The key behind which more items may follow. */
  readonly last: Item | undefined;
}

/** Items that one call deletes. */
const BATCH = 25;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;

export class Table {
  readonly #client: DynamoDBDocumentClient;
  readonly #name: string;

  constructor(client: DynamoDBDocumentClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  async get(key: Item): Promise<Item | undefined> {
    const command = new GetCommand({ TableName: this.#name, Key: key, ConsistentRead: true });
    return (await explained(this.#client.send(command))).Item;
  }

  async put(item: Item): Promise<void> {
    await explained(this.#client.send(new PutCommand({ TableName: this.#name, Item: item })));
  }

  /** False if an item of that key is there. */
  putIfAbsent(item: Item): Promise<boolean> {
    return unlessRefused(
      this.#client.send(
        new PutCommand({
          TableName: this.#name,
          Item: item,
          // Every step sends it. The word is none of DynamoDB's own, and a name for it would cost a twentieth of the step.
          ConditionExpression: `attribute_not_exists(${Key.PARTITION})`,
        }),
      ),
    );
  }

  /** Sets and removes attributes of an item. False if the condition does not hold. */
  update(key: Item, change: Pick<UpdateCommand["input"], ChangeFields>): Promise<boolean> {
    return unlessRefused(this.#client.send(new UpdateCommand({ TableName: this.#name, Key: key, ...change })));
  }

  /** False if the item is not there, or of another incarnation. */
  deleteIncarnation(key: Item, incarnation: string): Promise<boolean> {
    return unlessRefused(
      this.#client.send(
        new DeleteCommand({
          TableName: this.#name,
          Key: key,
          ConditionExpression: "incarnation = :incarnation",
          ExpressionAttributeValues: { ":incarnation": incarnation },
        }),
      ),
    );
  }

  /** One page: as many items as were asked for, or as fit into a megabyte. */
  async query(stretch: Stretch, after?: Item): Promise<Found> {
    const { partition, from, to, reverse = false, limit, index, only } = stretch;
    const names: Record<string, string> = {
      "#pk": index?.partition ?? Key.PARTITION,
      "#sk": index?.sort ?? Key.SORT,
    };
    only?.forEach((attribute, at) => (names[`#o${at}`] = attribute));
    const asked = this.#client.send(
      new QueryCommand({
        TableName: this.#name,
        KeyConditionExpression: "#pk = :pk AND #sk BETWEEN :from AND :to",
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ":pk": partition, ":from": from, ":to": to },
        ScanIndexForward: !reverse,
        ...(index === undefined ? { ConsistentRead: true } : { IndexName: index.name }),
        ...(limit === undefined ? {} : { Limit: limit }),
        ...(only === undefined ? {} : { ProjectionExpression: only.map((_, at) => `#o${at}`).join(", ") }),
        ...(after === undefined ? {} : { ExclusiveStartKey: after }),
      }),
    );
    const answer = await explained(asked);
    return { items: answer.Items ?? [], last: answer.LastEvaluatedKey };
  }

  /** The whole stretch, page by page. */
  async *items(stretch: Stretch): AsyncGenerator<Item, void, undefined> {
    let after: Item | undefined;
    do {
      const { items, last } = await this.query(stretch, after);
      yield* items;
      after = last;
    } while (after !== undefined);
  }

  async delete(keys: readonly Item[]): Promise<void> {
    for (let at = 0; at < keys.length; at += BATCH) await this.#deleteSome(keys.slice(at, at + BATCH));
  }

  async #deleteSome(keys: readonly Item[]): Promise<void> {
    let open = keys.map((Key) => ({ DeleteRequest: { Key } }));
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const command = new BatchWriteCommand({ RequestItems: { [this.#name]: open } });
      const answer = await explained(this.#client.send(command));
      open = (answer.UnprocessedItems?.[this.#name] ?? []) as typeof open;
      if (open.length === 0) return;
      // DynamoDB left some keys out, since they were too many at once.
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

type ChangeFields =
  | "UpdateExpression"
  | "ConditionExpression"
  | "ExpressionAttributeNames"
  | "ExpressionAttributeValues";

async function unlessRefused(sent: Promise<unknown>): Promise<boolean> {
  try {
    await explained(sent);
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return false;
    throw error;
  }
}
