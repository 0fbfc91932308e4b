import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Dynalite } from "../../../scripts/local-aws/dynalite.ts";
import type { LogPage } from "../../engine/ports/execution-store.ts";
import { rowOf } from "../../testing/store-case.ts";
import { DynamoStore } from "./dynamodb-store.ts";

const table = "perdure";
let dynalite: Dynalite;

beforeAll(async () => {
  dynalite = await Dynalite.start();
  await dynalite.createTable(table);
});

afterAll(() => dynalite.stop());

describe("a long log", () => {
  const random = (bytes: number): string => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("hex");

  /** An execution with these commits after the first one, written by batches. */
  async function written(name: string, bodies: readonly string[]): Promise<ReturnType<typeof rowOf>> {
    const row = rowOf("long", name);
    await new DynamoStore({ client: dynalite.client, table }).create(row, "first");
    const requests = bodies.map((b, at) => ({
      PutRequest: { Item: { pk: `${row.id}#${row.incarnation}`, sk: `c${String(at + 2).padStart(12, "0")}`, b } },
    }));
    for (let at = 0; at < requests.length; at += 25) {
      const command = new BatchWriteCommand({ RequestItems: { [table]: requests.slice(at, at + 25) } });
      await dynalite.client.send(command);
    }
    return row;
  }

  /** All commits, how many pages they came in, and how many queries those took. */
  async function read({ id, incarnation }: ReturnType<typeof rowOf>) {
    const store = new DynamoStore({ client: dynalite.client, table });
    const [bodies, found]: [string[], { pages: number; queries: number }] = [[], { pages: 0, queries: 0 }];
    const count = counting("QueryCommand", () => found.queries++);
    for (let next: number | undefined = 1; next !== undefined; found.pages++) {
      const page: LogPage | undefined = await store.read(id, next, { incarnation });
      for (const body of page?.bodies ?? []) bodies.push(body);
      next = page?.next;
    }
    count.stop();
    return { bodies, ...found };
  }

  function counting(name: string, count: () => void): { stop: () => void } {
    const { middlewareStack } = dynalite.client;
    middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          if (commandName === name) count();
          return next(args);
        },
      { step: "initialize", name: "counting" },
    );
    return { stop: () => void middlewareStack.remove("counting") };
  }

  test("is read in stretches, several at a time", async () => {
    const bodies = Array.from({ length: 3100 }, (_, at) => `small ${at}`);
    const row = await written("small", bodies);
    expect(await read(row)).toEqual({ bodies: ["first", ...bodies], pages: 1, queries: 9 });
    const store = new DynamoStore({ client: dynalite.client, table });
    const limited = await store.read(row.id, 2, { incarnation: row.incarnation, limit: 1500 });
    expect(limited?.bodies.length).toBeLessThanOrEqual(1500);
  });

  test("that does not go beyond a stretch takes one query", async () => {
    const bodies = Array.from({ length: 900 }, (_, at) => `small ${at}`);
    expect(await read(await written("short", bodies))).toEqual({ bodies: ["first", ...bodies], pages: 1, queries: 1 });
  });

  test("has all of its commits, also where a stretch of them does not fit into one answer", async () => {
    const small = Array.from({ length: 1100 }, (_, at) => `small ${at}`);
    const large = Array.from({ length: 900 }, () => random(700));
    const bodies = [...small, ...large, ...small];
    const found = await read(await written("mixed", bodies));
    expect(found.bodies.length).toBe(1 + bodies.length);
    expect(found.bodies).toEqual(["first", ...bodies]);
  });

  test("is given in pages that suit the memory, however many characters an item stands for", async () => {
    const row = await written("wide", []);
    const store = new DynamoStore({ client: dynalite.client, table });
    const wide = Array.from({ length: 34 }, (_, at) => `${at}`.repeat(500_000));
    for (const [at, body] of wide.entries()) await store.append(row.id, at + 2, body, row.incarnation);
    const found = await read(row);
    expect(found.bodies).toEqual(["first", ...wide]);
    expect(found.pages).toBe(2);
  });
});
