/** The stand-in for Lambda behaves as Lambda does wherever a handler could notice. */

import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { LocalSqs } from "../../../scripts/local-aws/local-queue.ts";
import { QueueMapping } from "../../../scripts/local-aws/queue-mapping.ts";
import { bundle, type Code } from "./bundle.ts";
import { answering, type FunctionSettings, LambdaFunction } from "./lambda-function.ts";
import { describeOnLambda } from "./on-lambda.ts";
import type { InvocationOutcome } from "./outcome.ts";

const open: LambdaFunction[] = [];
let code: Code;

beforeAll(async () => {
  code = await bundle(new URL("handlers/various.ts", import.meta.url));
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((lambda) => lambda.close()));
});

afterAll(() => code.remove());

function lambdaOf(settings: Partial<FunctionSettings> = {}): LambdaFunction {
  const lambda = new LambdaFunction({ name: "various", code: code.folder, ...settings });
  open.push(lambda);
  return lambda;
}

function answerOf<T = { invocations: number; standstill: number; pid: number; remaining: number }>(
  outcome: InvocationOutcome,
): T {
  expect(outcome).toMatchObject({ status: "SUCCEEDED" });
  return JSON.parse((outcome as { payload: string }).payload) as T;
}

describeOnLambda("Lambda on this machine", () => {
  test("one environment takes one invocation after the other, and another comes up for a second at a time", async () => {
    const lambda = lambdaOf();
    const [first, second] = [await lambda.invoke({ do: "answer" }), await lambda.invoke({ do: "answer" })];
    expect([answerOf(first).invocations, answerOf(second).invocations]).toEqual([1, 2]);
    expect(answerOf(first).remaining).toBeGreaterThan(50_000);
    const both = await Promise.all([lambda.invoke({ do: "sleep", ms: 50 }), lambda.invoke({ do: "sleep", ms: 50 })]);
    expect(new Set(both.map((outcome) => answerOf(outcome).pid)).size).toBe(2);
    expect(lambda.coldStarts).toBe(2);
  });

  test("no more environments come up than a function may have", async () => {
    const lambda = lambdaOf({ concurrency: 1 });
    const outcomes = await Promise.all([lambda.invoke({ do: "answer" }), lambda.invoke({ do: "answer" })]);
    expect(outcomes.map(({ status }) => status)).toEqual(["SUCCEEDED", "THROTTLED"]);
  });

  test("what a handler leaves behind stands still until the next invocation", async () => {
    const lambda = lambdaOf();
    answerOf(await lambda.invoke({ do: "leave a clock" }));
    await expect.poll(() => lambda.environments[0]?.isFrozen).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 310));
    expect(answerOf(await lambda.invoke({ do: "sleep", ms: 50 })).standstill).toBeGreaterThanOrEqual(300);
  });

  test("an error that is thrown, an exit, a kill, a timeout and an answer that is too large are told apart", async () => {
    const lambda = lambdaOf();
    const error = async (event: unknown) => (await lambda.invoke(event)) as { error?: object };
    expect(await error({ do: "throw" })).toMatchObject({
      error: { errorType: "RangeError", errorMessage: "out of reach" },
    });
    expect(await error({ do: "large" })).toMatchObject({ error: { errorType: "Function.ResponseSizeTooLarge" } });
    expect(await error({ do: "exit" })).toMatchObject({
      error: { errorType: "Runtime.ExitError", errorMessage: expect.stringMatching(/exit status 3$/) },
    });
    const killed = error({ do: "sleep", ms: 60_000 });
    await lambda.kill();
    expect(await killed).toMatchObject({
      error: { errorType: "Runtime.ExitError", errorMessage: expect.stringMatching(/signal: killed$/) },
    });
    const slow = lambdaOf({ timeoutMs: 50 });
    expect(await slow.invoke({ do: "sleep", ms: 60_000 })).toMatchObject({
      error: { errorType: "Sandbox.Timedout", errorMessage: expect.stringMatching(/timed out after 0.05 seconds$/) },
    });
    expect(answerOf(await lambda.invoke({ do: "answer" })).invocations).toBe(1);
  });

  test("a function that cannot be loaded says why", async () => {
    const lambda = lambdaOf({ handler: "index.nobody" });
    expect(await lambda.invoke({})).toMatchObject({ error: { errorType: "Runtime.HandlerNotFound" } });
  });

  test("a response is streamed as it is written, and an error in the middle of it arrives", async () => {
    const lambda = lambdaOf({ handler: "index.stream" });
    const pieces: string[] = [];
    const onChunk = (chunk: Uint8Array): void => void pieces.push(Buffer.from(chunk).toString());
    expect(await lambda.invoke({}, { onChunk })).toMatchObject({
      status: "SUCCEEDED",
      contentType: "application/vnd.awslambda.http-integration-response",
      payload: `{"statusCode":201,"headers":{"X-Kind":"stream"}}${"\0".repeat(8)}one,two,three`,
    });
    expect(pieces.length).toBeGreaterThan(1);
    expect(await lambda.invoke({ fail: true })).toMatchObject({
      status: "FAILED",
      error: { errorType: "TypeError", errorMessage: "broke off" },
    });
  });
});

describeOnLambda("an SQS queue before a function", () => {
  let sqs: LocalSqs;

  beforeAll(async () => {
    sqs = await LocalSqs.start();
  });

  afterAll(() => sqs.stop());

  test("what failed comes again alone, and lies in the dead-letter queue in the end", async () => {
    const { url, deadLetterUrl } = await sqs.createQueue("work", { visibilitySeconds: 2, maxReceiveCount: 2 });
    const lambda = lambdaOf({ handler: "index.consume" });
    // Not the time in which an environment comes up is to make the messages visible again.
    await lambda.invoke({ Records: [] });
    const seen: string[] = [];
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    const call = answering(lambda);
    const mapping = new QueueMapping({
      ...{ sqs, url, batchSize: 3, concurrency: 2, onError },
      invoke: (event) => {
        for (const { body } of event.Records) seen.push(body);
        return call(event);
      },
    });
    const bodies = ["one", "two", "fail three", "four", "answer nonsense"];
    const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    await sqs.client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    const lost = new Set<string>();
    const collecting = new QueueMapping({
      ...{ sqs, url: deadLetterUrl, onError },
      invoke: async ({ Records }) => {
        for (const { body } of Records) lost.add(body);
        return null;
      },
    });
    await expect.poll(() => lost.has("fail three") && lost.has("answer nonsense"), { timeout: 30_000 }).toBe(true);
    await Promise.all([mapping.stop(), collecting.stop()]);
    const timesSeen = (body: string): number => seen.filter((each) => each === body).length;
    expect([timesSeen("one"), timesSeen("two"), timesSeen("fail three")]).toEqual([1, 1, 2]);
    expect(errors).toEqual([]);
  }, 60_000);
});
