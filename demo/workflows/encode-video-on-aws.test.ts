/** The seed workflow on AWS's own SDK, judged by AWS's test runner: only the import is swapped. */

import type { DurableLambdaHandler } from "@aws/durable-execution-sdk-js";
import { LocalDurableTestRunner, WaitingOperationStatus } from "@aws/durable-execution-sdk-js-testing";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { startStandIns, type StandIns } from "../stand-ins/stand-ins.ts";
import { encodeCases } from "./encode-video-cases.ts";

vi.mock("perdure", async () => await import("@aws/durable-execution-sdk-js"));
vi.stubEnv("AWS_LAMBDA_LOG_LEVEL", "ERROR");
let standIns: StandIns;

beforeAll(async () => {
  standIns = await startStandIns();
  for (const [name, value] of Object.entries(standIns.environment)) vi.stubEnv(name, value);
  await LocalDurableTestRunner.setupTestEnvironment({ skipTime: true });
});

afterAll(async () => {
  // Timers that are set while its clock is in place are lost with it, those of the test framework too.
  await new Promise((next) => setTimeout(next, 200));
  await LocalDurableTestRunner.teardownTestEnvironment();
  await standIns.close();
});

beforeEach(() => {
  standIns.log.clear();
  standIns.objectStore.createBucket("media");
});

test.for(encodeCases)("$name", async ({ event, height, answer, result, calls, operations }) => {
  if (height !== undefined) standIns.objectStore.put(event.bucket, event.key, { body: "a film", metadata: { height } });
  const { encodeVideo } = (await import("./encode-video.ts")) as unknown as { encodeVideo: DurableLambdaHandler };
  const runner = new LocalDurableTestRunner({ handlerFunction: encodeVideo });
  const approval = runner.getOperation("approval");
  const running = runner.run({ payload: event });
  if (answer !== undefined) {
    await approval.waitForData(WaitingOperationStatus.SUBMITTED);
    await approval.sendCallbackSuccess(answer);
  }
  const ended = await running;
  expect(ended.getResult()).toMatchObject(result);
  const counts = Object.keys(calls).map((operation) => [operation, standIns.log.count(operation)]);
  expect(Object.fromEntries(counts)).toEqual(calls);
  const names = ended.getOperations().map((operation) => operation.getName());
  expect(operations.filter((name) => !names.includes(name))).toEqual([]);
});
