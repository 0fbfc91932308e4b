/**
 * Every capability on the homes that run in Node. Worker and tab are put through the same stories in their own runtimes:
 * `test/runtimes/{workerd,browser}/capabilities.test.ts`.
 */

import { expect, onTestFinished, test } from "vitest";
import { createMemoryHost } from "../../src/homes/memory/index.ts";
import type { LambdaHost } from "../../src/homes/aws/create-lambda-host.ts";
import type { ExecutionClient } from "../../src/engine/runner/client.ts";
import { LocalAws } from "../aws/lambda-world.ts";
import { capabilities, expectCapabilities } from "./capabilities.ts";

function inMemory(): ExecutionClient {
  const host = createMemoryHost({ functions: capabilities });
  onTestFinished(() => host.close());
  return host.client;
}

/** Two Lambda environments take turns: what one has begun, the other goes on with. */
async function onLambdaAndDynamoDb(): Promise<ExecutionClient> {
  const aws = await LocalAws.start();
  // After everything of the world that runs on it.
  onTestFinished(() => aws.stop());
  const world = await aws.open();
  const hosts = [1, 2].map(() => world.host(capabilities));
  for (const host of hosts) world.serve(host, { concurrency: 8 });
  onTestFinished(() => expect(world.errors).toEqual([]));
  return (hosts[0] as LambdaHost).client;
}

const homes = { memory: inMemory, "Lambda and DynamoDB": onLambdaAndDynamoDb };

test.each(Object.entries(homes))("%s has every capability", async (_home, open) => {
  await expectCapabilities(await open());
});
