/** A table that throttles: what AWS's client does not wait for, the engine does, and whoever is told learns the reason. */

import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, test, type TestContext } from "vitest";
import { Dynalite } from "../../../scripts/local-aws/dynalite.ts";
import { Runner } from "../../engine/runner/runner.ts";
import { readFunctions } from "../../lambda-compat/functions.ts";
import { withDurableExecution } from "../../lambda-compat/with-durable-execution.ts";
import { rowOf } from "../../testing/store-case.ts";
import { MemoryAlarm } from "../memory/memory-alarm.ts";
import { systemHost } from "../hosts/system-host.ts";
import { DynamoStore } from "./dynamodb-store.ts";

const table = "throttled";
const reason = { reason: "TableWriteKeyRangeThroughputExceeded", resource: "arn:aws:dynamodb:table/throttled" };
let dynalite: Dynalite;

beforeAll(async () => {
  dynalite = await Dynalite.start();
  await dynalite.createTable(table);
});

afterAll(() => dynalite.stop());

/** A store whose requests are refused as those of too much at once, where `refuses` says so of a put. */
async function throttled(
  { onTestFinished }: TestContext,
  exception: string,
  maxAttempts: number,
  refuses: () => boolean,
): Promise<DynamoStore> {
  const server = createServer((incoming, outgoing) => {
    const isPut = String(incoming.headers["x-amz-target"]).endsWith(".PutItem");
    if (isPut && refuses()) refuse(exception, incoming, outgoing);
    else relay(incoming, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      maxAttempts,
    }),
  );
  onTestFinished(() => {
    client.destroy();
    server.close();
    server.closeAllConnections();
  });
  return new DynamoStore({ client, table });
}

function refuse(exception: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  incoming.resume();
  const body = {
    __type: `com.amazonaws.dynamodb.v20120810#${exception}`,
    message: "slowly",
    ThrottlingReasons: [reason],
  };
  outgoing.writeHead(400, { "Content-Type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
}

function relay(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, headers, url } = incoming;
  const { hostname, port } = new URL(dynalite.endpoint);
  const forwarded = request({ host: hostname, port, method, headers, path: url }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(outgoing);
  });
  incoming.pipe(forwarded);
}

const exceptions = ["ThrottlingException", "ProvisionedThroughputExceededException"];

const saidBy = "%s is told of by its name, with its reasons, and nothing is written";

test.concurrent.for(exceptions)(saidBy, async (exception, context) => {
  const { expect } = context;
  let refuses = true;
  const store = await throttled(context, exception, 1, () => refuses);
  const row = rowOf("told", exception);
  await expect(store.create(row, "one")).rejects.toMatchObject({
    name: exception,
    message: `slowly (${reason.reason} of ${reason.resource})`,
  });
  expect(await store.read(row.id, 1)).toBeUndefined();
  refuses = false;
  expect(await store.create(row, "one")).toBe("created");
});

test.concurrent.for(exceptions.flatMap((exception) => [1, 3].map((attempts) => [exception, attempts] as const)))(
  "an execution waits for %s to be over, with a client that tries %i times",
  async ([exception, maxAttempts], testContext) => {
    const { expect, onTestFinished } = testContext;
    let puts = 0;
    const store = await throttled(testContext, exception, maxAttempts, () => ++puts > 2 && puts % 3 === 0);
    const runs: number[] = [];
    const handler = withDurableExecution(async (_event, context) => {
      for (const number of [0, 1, 2, 3])
        await context.step(`step ${number}`, async () => {
          runs.push(number);
        });
      return "done";
    });
    const host = systemHost();
    const runner: Runner = new Runner({
      store,
      alarm: new MemoryAlarm({ host, wake: (id) => runner.wake(id) }),
      host,
      functions: readFunctions({ handler }),
      arnOf: ({ id }) => id,
    });
    onTestFinished(() => runner.close());
    const request = { functionName: "handler", name: `${exception}-${maxAttempts}` };
    const { execution } = await runner.start(request).catch(() => runner.start(request));
    const { status, result } = await runner.settled(execution.id, Date.now() + 120_000);
    expect([status, result]).toEqual(["SUCCEEDED", '"done"']);
    // A step whose outcome could not be written has not been completed, and runs again; none goes back behind one that was.
    expect(maxAttempts === 1 ? [...new Set(runs)] : runs).toEqual([0, 1, 2, 3]);
    expect(runs).toEqual(runs.toSorted((a, b) => a - b));
  },
);
