/** The DynamoDB store judged by AWS's own stand-in: its contract, its process killed under load, answers that get lost. */

import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemHost } from "../../src/adapters/hosts/system-host.ts";
import { DynamoStore } from "../../src/adapters/dynamodb/dynamodb-store.ts";
import { MemoryAlarm } from "../../src/adapters/memory/memory-alarm.ts";
import type { StartAnswer } from "../../src/engine/runner/client.ts";
import { Runner } from "../../src/engine/runner/runner.ts";
import { readFunctions } from "../../src/lambda-compat/functions.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { applicable } from "../../src/testing/contract.ts";
import { rowOf } from "../../src/testing/store-case.ts";
import { storeContract } from "../../src/testing/store-contract.ts";
import { DynamoDbLocal } from "../../scripts/local-aws/dynamodb-local.ts";
import { inFull, sampled } from "../../scripts/slow-tests.ts";
import { describeOnDynamoDbLocal } from "./dynamodb-local.ts";
import { SwallowingProxy } from "./swallowing-proxy.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const table = "perdure";
/** Of the promises of a store, in `npm test`: each start of a DynamoDB Local takes seconds as it is. */
const SAMPLE = 3;

describeOnDynamoDbLocal("the DynamoDB store on DynamoDB Local", () => {
  let local: DynamoDbLocal;
  let client: DynamoDBDocumentClient;

  beforeAll(async () => {
    local = await DynamoDbLocal.start();
    client = local.client();
    await local.createTable(table);
  });

  afterAll(async () => {
    client.destroy();
    await local.kill();
  });

  // What a killed DynamoDB has kept is asked below, once: each start of it takes seconds.
  const open = (): DynamoStore => new DynamoStore({ client, table });
  const subject = { open, restart: async () => open() };

  test.each(sampled(applicable(storeContract), SAMPLE))("$name", ({ run }) => run(subject));
});

inFull(() => {
  describeOnDynamoDbLocal("the DynamoDB store on a DynamoDB Local that fails", () => {
    const folder = temporaryFolder("dynamodb");
    let local: DynamoDbLocal;
    let client: DynamoDBDocumentClient;

    beforeAll(async () => {
      local = await DynamoDbLocal.start(folder);
      client = local.client();
      await local.createTable(table);
    });

    afterAll(async () => {
      client.destroy();
      await local.kill();
    });

    test("keeps everything that it has acknowledged when its process is killed under load", async () => {
      const store = new DynamoStore({ client: local.client({ maxAttempts: 1 }), table });
      const writers = await Promise.all([1, 2, 3, 4].map((number) => Writer.start(store, `load-${number}`)));
      const writing = writers.map((writer) => writer.writeUntilRefused());
      await expect.poll(() => writers.every(({ acknowledged }) => acknowledged > 10)).toBe(true);
      await local.kill();
      await Promise.all(writing);
      await local.start();
      for (const { id, acknowledged } of writers) {
        const bodies = (await new DynamoStore({ client, table }).read(id, 1))?.bodies ?? [];
        // One more may have landed, whose answer the kill cut off.
        expect([acknowledged, acknowledged + 1]).toContain(bodies.length);
        expect(bodies).toEqual(bodies.map((_, index) => `commit ${index + 1}`));
      }
    });

    test.each([
      ["and the client sends it again, which is refused", 3],
      ["and the client gives up", 1],
    ])("no step runs twice when the answer to a write is lost %s", async (_how, maxAttempts) => {
      let puts = 0;
      const proxy = await SwallowingProxy.start(local.port, (operation) => operation === "PutItem" && ++puts % 3 === 0);
      const lossy = local.client({ maxAttempts }, proxy.port);
      const { runner, runs } = counting(new DynamoStore({ client: lossy, table }));
      try {
        const { execution } = await startUntilAnswered(runner, `lossy-${maxAttempts}`);
        const { status, result } = await runner.settled(execution.id, Date.now() + 120_000);
        expect([status, result, runs]).toEqual(["SUCCEEDED", "6", [0, 1, 2, 3]]);
        expect(proxy.swallowed).toBeGreaterThan(1);
      } finally {
        runner.close();
        lossy.destroy();
        proxy.stop();
      }
    });
  });
});

/** A start is repeatable: whoever got no answer asks again, by the same name. */
async function startUntilAnswered(runner: Runner, name: string): Promise<StartAnswer> {
  for (;;) {
    try {
      return await runner.start({ functionName: "counting", name });
    } catch (error) {
      if ((error as Error).name !== "TimeoutError") throw error;
    }
  }
}

/** Appends one commit after the other. */
class Writer {
  readonly id: string;
  acknowledged = 1;
  readonly #store: DynamoStore;
  readonly #incarnation: string;

  private constructor(store: DynamoStore, { id, incarnation }: { id: string; incarnation: string }) {
    this.#store = store;
    this.id = id;
    this.#incarnation = incarnation;
  }

  static async start(store: DynamoStore, name: string): Promise<Writer> {
    const row = rowOf("load", name);
    await store.create(row, "commit 1");
    return new Writer(store, row);
  }

  async writeUntilRefused(): Promise<void> {
    for (;;) {
      const seq = this.acknowledged + 1;
      try {
        await this.#store.append(this.id, seq, `commit ${seq}`, this.#incarnation);
      } catch {
        return;
      }
      this.acknowledged = seq;
    }
  }
}

/** Four steps in a row that tell of their runs, over a store. */
function counting(store: DynamoStore): { runner: Runner; runs: number[] } {
  const runs: number[] = [];
  const handler = withDurableExecution(async (_event, context) => {
    let sum = 0;
    for (const number of [0, 1, 2, 3]) {
      sum += await context.step(`step ${number}`, async () => {
        runs.push(number);
        return number;
      });
    }
    return sum;
  });
  const host = systemHost();
  const runner: Runner = new Runner({
    store,
    alarm: new MemoryAlarm({ host, wake: (id) => runner.wake(id) }),
    host,
    functions: readFunctions({ counting: handler }),
    arnOf: ({ name }) => name,
  });
  return { runner, runs };
}
