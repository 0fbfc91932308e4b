/** AWS's test runner without skipped time: what depends on when the service answers shows here alone. */

import * as aws from "@aws/durable-execution-sdk-js";
import { LocalDurableTestRunner, WaitingOperationStatus } from "@aws/durable-execution-sdk-js-testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMemoryHost } from "../../src/homes/memory/index.ts";
import * as perdure from "../../src/lambda-compat/index.ts";

type Sdk = Pick<typeof aws, "withDurableExecution">;

interface Run {
  readonly result: unknown;
  readonly invocations: number;
}

type Tell = (callbackId: string) => void;
type Waiting = (context: aws.DurableContext, tell: Tell) => Promise<unknown>;

const ours = perdure as unknown as Sdk;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

beforeAll(async () => LocalDurableTestRunner.setupTestEnvironment({ skipTime: false }));
afterAll(async () => LocalDurableTestRunner.teardownTestEnvironment());

describe.concurrent("a step that is tried again", () => {
  const semantics = Object.values(aws.StepSemantics);

  test.for(semantics)("begins once, however often the service says that it is ready: %s", async (semantics) => {
    let calls = 0;
    const handlerFunction = ours.withDurableExecution(async (_event, context) =>
      context.step(
        "charge",
        async () => {
          calls++;
          if (calls === 1) throw new Error("the first attempt");
          // Meanwhile its start goes to the service, which answers with what it knew of the step before.
          await sleep(300);
          return calls;
        },
        { semantics, retryStrategy: () => ({ shouldRetry: true, delay: { seconds: 1 } }) },
      ),
    );
    const result = await new LocalDurableTestRunner({ handlerFunction }).run();
    expect(result.getResult()).toBe(2);
    expect(calls).toBe(2);
  });
});

describe.concurrent("a callback that is answered while the handler waits for something else", () => {
  const WAIT = { seconds: 2 } as const;
  /** Long enough for the first invocation to end before the answer, on most machines: then there are most invocations. */
  const ANSWERED_AFTER_MS = 300;
  /** The first invocation, one for the answer and one for the end of the wait; fewer where two of them fall together. */
  const MOST = 3;

  const programs: Readonly<Record<string, Waiting>> = {
    "which it awaits later": async (context, tell) => {
      const [answer, callbackId] = await context.createCallback("approval");
      tell(callbackId);
      await context.wait("pause", WAIT);
      return answer;
    },
    "which it awaits beside it": async (context, tell) => {
      const [answer, callbackId] = await context.createCallback("approval");
      tell(callbackId);
      const [value] = await Promise.all([answer, context.wait("pause", WAIT)]);
      return value;
    },
    "in another branch": async (context, tell) => {
      const batch = await context.parallel("both", [
        async (branch) => {
          const [answer, callbackId] = await branch.createCallback("approval");
          tell(callbackId);
          return answer;
        },
        async (branch) => branch.wait("pause", WAIT),
      ]);
      return batch.getResults()[0];
    },
  };

  /** A handler that counts how often it is invoked. */
  function counting(program: Waiting, sdk: Sdk, tell: Tell = () => undefined) {
    const count = { invocations: 0 };
    const handler = sdk.withDurableExecution(async (_event, context) => {
      count.invocations++;
      return program(context, tell);
    });
    return { handler, count };
  }

  async function onAwsRunner(program: Waiting, sdk: Sdk): Promise<Run> {
    const { handler, count } = counting(program, sdk);
    const runner = new LocalDurableTestRunner({ handlerFunction: handler });
    const approval = runner.getOperation("approval");
    const running = runner.run();
    await approval.waitForData(WaitingOperationStatus.STARTED);
    await sleep(ANSWERED_AFTER_MS);
    await approval.sendCallbackSuccess("yes");
    return { result: (await running).getResult(), ...count };
  }

  async function onOwnHost(program: Waiting): Promise<Run> {
    const asked = Promise.withResolvers<string>();
    const { handler, count } = counting(program, ours, asked.resolve);
    const host = createMemoryHost({ functions: { handler: handler as never }, parks: false });
    try {
      const { execution } = await host.client.start({ functionName: "handler" });
      const callbackId = await asked.promise;
      await sleep(ANSWERED_AFTER_MS);
      await host.client.completeCallback(callbackId, { type: "SUCCEEDED", result: "yes" });
      const { result } = await host.client.settled(execution.id, Date.now() + 300_000);
      return { result: JSON.parse(result ?? "null") as unknown, ...count };
    } finally {
      host.close();
    }
  }

  const places: Readonly<Record<string, (program: Waiting) => Promise<Run>>> = {
    "AWS's SDK on AWS's runner": (program) => onAwsRunner(program, aws),
    "perdure on AWS's runner": (program) => onAwsRunner(program, ours),
    "perdure on its own host": onOwnHost,
  };

  describe.for(Object.entries(programs))("%s", ([, program]) => {
    test.for(Object.entries(places))("takes no invocation more than on AWS: %s", async ([, run]) => {
      const { result, invocations } = await run(program);
      expect(result).toBe("yes");
      expect(invocations).toBeLessThanOrEqual(MOST);
    });
  });
});
