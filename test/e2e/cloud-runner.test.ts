/** AWS's runner for functions in its cloud, pointed at the local Worker: it invokes, follows the history and answers. */

import { rmSync } from "node:fs";
import { CloudDurableTestRunner, InvocationType, WaitingOperationStatus } from "@aws/durable-execution-sdk-js-testing";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExpenseResult } from "../../demo/workflows/approve-expense.ts";
import type { RowImportResult } from "../../demo/workflows/import-rows.ts";
import { freePort, newCredential } from "../../scripts/local-settings.ts";
import { type LocalWorker, startLocalWorker } from "../../scripts/local-worker.ts";
import { temporaryFolder } from "./seed-world.ts";

const credential = newCredential("cloud runner");
const folder = temporaryFolder("cloud-runner");
let worker: LocalWorker;
let client: LambdaClient;

beforeAll(async () => {
  // Of its own: files run side by side, and a port that was free may be taken by another one at the same moment.
  const port = await freePort(18_887, 18_887);
  worker = await startLocalWorker({
    port,
    folder,
    environment: { PERDURE_CREDENTIALS: JSON.stringify([credential]) },
  });
  client = new LambdaClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    credentials: { ...credential.sigv4 },
  });
});

afterAll(async () => {
  await worker.kill();
  rmSync(folder, { recursive: true, force: true });
});

const config = { pollInterval: 100, invocationType: InvocationType.Event };

describe("AWS's CloudDurableTestRunner against the local Worker", () => {
  test("runs an execution and reads its operations and its result", async () => {
    const runner = new CloudDurableTestRunner<RowImportResult>({ functionName: "import-rows:$LATEST", client, config });
    const result = await runner.run({ payload: { rows: ["a,1", "b,nothing", "c,2"] } });
    expect(result.getStatus()).toBe("SUCCEEDED");
    expect(result.getResult()).toMatchObject({ status: "imported", imported: 2, total: 3 });
    const names = result.getOperations().map((operation) => `${operation.getSubType()} ${operation.getName()}`);
    expect(names).toHaveLength(7);
    const rows = ["row 1", "row 2", "row 3"].map((row) => `MapIteration ${row}`);
    expect(new Set(names)).toEqual(new Set(["Map import", ...rows, "Step parse"]));
    const parse = runner.getOperation("parse");
    expect(parse.getStepDetails()).toMatchObject({ result: 1 });
    expect(result.getHistoryEvents().map(({ EventType }) => EventType)).toContain("ExecutionSucceeded");
  });

  test("answers a callback that the execution waits for", async () => {
    const runner = new CloudDurableTestRunner<ExpenseResult>({
      functionName: "approve-expense:$LATEST",
      client,
      config,
    });
    const asked = runner.getOperation("ask manager");
    const running = runner.run({ payload: { amount: 100 } });
    await asked.waitForData(WaitingOperationStatus.SUBMITTED);
    await asked.sendCallbackSuccess("yes");
    const result = await running;
    expect(result.getResult()).toEqual({ status: "approved", by: "manager" });
  });

  test("sees a failed execution's error", async () => {
    const runner = new CloudDurableTestRunner({ functionName: "import-rows:$LATEST", client, config });
    const result = await runner.run({ payload: {} });
    expect(result.getStatus()).toBe("FAILED");
    expect(result.getError()).toMatchObject({ errorMessage: "Map operation requires an array of items" });
  });
});
