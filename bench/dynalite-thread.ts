/** DynamoDB by dynalite in a thread of its own, so that what it does is not taken for what its client does. */

import { once } from "node:events";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Dynalite } from "../scripts/local-aws/dynalite.ts";
import { tableDefinition } from "../src/adapters/dynamodb/schema.ts";

export const TABLE = "perdure";

/** What a client has sent. */
export interface Traffic {
  requests: number;
  /** Write units of the table; dynalite counts none of its indexes. */
  units: number;
  /** Of the requests' bodies. */
  bytes: number;
}

/** A client of a new DynamoDB with the table, and what it sends. The thread ends with the process. */
export async function openDynamoDb(): Promise<{ client: DynamoDBDocumentClient; traffic: Traffic }> {
  const thread = new Worker(new URL(import.meta.url), { execArgv: ["--no-warnings"] });
  const [endpoint] = (await once(thread, "message")) as [string];
  thread.unref();
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region: "us-east-1", credentials }));
  await client.send(new CreateTableCommand(tableDefinition(TABLE)));
  return { client, traffic: counted(client) };
}

function counted(client: DynamoDBDocumentClient): Traffic {
  const traffic: Traffic = { requests: 0, units: 0, bytes: 0 };
  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: "TOTAL" } });
        const { ConsumedCapacity } = answer.output as { ConsumedCapacity?: { CapacityUnits?: number } };
        if (/Put|Update|Delete|Write/.test(commandName)) traffic.units += ConsumedCapacity?.CapacityUnits ?? 0;
        return answer;
      },
    { step: "initialize" },
  );
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers = {} } = args.request as { headers?: Readonly<Record<string, string>> };
      traffic.requests++;
      traffic.bytes += Number(headers["content-length"] ?? 0);
      return next(args);
    },
    { step: "finalizeRequest" },
  );
  return traffic;
}

if (!isMainThread) parentPort?.postMessage((await Dynalite.start()).endpoint);
