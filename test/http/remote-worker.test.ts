import { type DurableContext, withDurableExecution } from "@aws/durable-execution-sdk-js";
import { LambdaClient, SendDurableExecutionCallbackSuccessCommand } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemHost } from "../../src/adapters/hosts/system-host.ts";
import { MemoryAlarm } from "../../src/adapters/memory/memory-alarm.ts";
import { MemoryStore } from "../../src/adapters/memory/memory-store.ts";
import type { ExecutionHeader } from "../../src/engine/model/execution.ts";
import type { FunctionOutput, InvocationRequest } from "../../src/engine/runner/function.ts";
import { Runner } from "../../src/engine/runner/runner.ts";
import { formatExecutionArn } from "../../src/lambda-compat/arn.ts";
import { createHttpFace } from "../../src/lambda-compat/http/face.ts";
import { errorFromWire, executionToWire } from "../../src/lambda-compat/wire.ts";
import { type FetchHandler, type Served, serve } from "./serve.ts";

import * as perdure from "../../src/lambda-compat/with-durable-execution.ts";
import { createMemoryHost } from "../../src/homes/memory/memory-host.ts";
import type { FunctionDefinition } from "../../src/lambda-compat/function-map.ts";

type Program = (event: unknown, context: DurableContext) => Promise<unknown>;
type AwsHandler = ReturnType<typeof withDurableExecution>;

const keys = { accessKeyId: "AKIDWORKER", secretAccessKey: "a secret" };

/**
 * A handler of AWS's own SDK in another place than the machine: all that it gets is an ARN and a checkpoint token, and
 * all it knows of the execution it reads and writes over HTTP.
 */
class RemoteWorker {
  readonly #programs: Readonly<Record<string, Program>>;
  readonly #alarm: MemoryAlarm;
  readonly #sdk: typeof withDurableExecution;
  readonly runner: Runner;
  readonly calls: string[] = [];
  served!: Served;
  lambda!: LambdaClient;

  constructor(programs: Readonly<Record<string, Program>>, sdk: typeof withDurableExecution = withDurableExecution) {
    this.#programs = programs;
    this.#sdk = sdk;
    const host = systemHost();
    this.#alarm = new MemoryAlarm({ host, wake: (id) => this.runner.wake(id) });
    const versions = (name: string) => ({
      latest: "$LATEST",
      versions: new Map([
        ["$LATEST", { kind: "durable", invoke: (request: InvocationRequest) => this.#invoke(name, request) } as const],
      ]),
    });
    this.runner = new Runner({
      store: new MemoryStore(),
      alarm: this.#alarm,
      host,
      functions: new Map(Object.keys(programs).map((name) => [name, versions(name)])),
      arnOf: (header) => formatExecutionArn(header),
    });
  }

  async open(): Promise<void> {
    const credentials = [{ id: "worker", rights: ["checkpoint", "callback"], sigv4: keys }] as const;
    const face = createHttpFace({ client: this.runner, credentials });
    const noted: FetchHandler = (request) => {
      this.calls.push(`${request.method} ${/[^/]+$/.exec(new URL(request.url).pathname)?.[0]}`);
      return face(request);
    };
    this.served = await serve(noted);
    this.lambda = new LambdaClient({ endpoint: this.served.url, region: "local", credentials: keys, maxAttempts: 1 });
  }

  async close(): Promise<void> {
    this.runner.close();
    this.lambda.destroy();
    await this.served.close();
  }

  async run(functionName: string, input: unknown): Promise<ExecutionHeader> {
    const { execution } = await this.runner.start({ functionName, input: JSON.stringify(input) });
    return this.runner.settled(execution.id, Date.now() + 60_000);
  }

  #invoke(name: string, request: InvocationRequest) {
    const handler: AwsHandler = this.#sdk(this.#programs[name]!, { client: this.lambda });
    return { output: call(handler, request), absorb: () => false, leaveOff: () => true, abandon: () => {} };
  }
}

/** All but the event is left for the SDK to page in. */
async function call(handler: AwsHandler, request: InvocationRequest): Promise<FunctionOutput> {
  const { header, arn, token, requestId, deadline } = request;
  const event = {
    DurableExecutionArn: arn,
    CheckpointToken: token,
    InitialExecutionState: { Operations: [executionToWire(header)], NextMarker: "0" },
  };
  const context = { awsRequestId: requestId, getRemainingTimeInMillis: () => deadline - Date.now() };
  try {
    const output = await handler(event, context as never);
    if (output.Status === "PENDING") return { status: "PENDING" };
    if (output.Status === "FAILED") return { status: "FAILED", error: errorFromWire(output.Error ?? {}) };
    return output.Result === undefined ? { status: "SUCCEEDED" } : { status: "SUCCEEDED", result: output.Result };
  } catch (error) {
    return { status: "FAULT", error: { errorMessage: String(error) } };
  }
}

const callbackIds: string[] = [];
const runs: string[] = [];
let worker: RemoteWorker;

beforeEach(async () => {
  callbackIds.length = 0;
  runs.length = 0;
  worker = new RemoteWorker({
    order: async (event, context) => {
      const first = await context.step("first", async () => {
        runs.push("first");
        return { event };
      });
      await context.wait("pause", { seconds: 1 });
      const rest = await context.map("items", [1, 2, 3], async (child, item) => {
        return child.step(`item-${item}`, async () => {
          runs.push(`item-${item}`);
          return item * 2;
        });
      });
      return [first, rest.getResults()];
    },
    retrying: async (_event, context) =>
      context.step(
        "flaky",
        async () => {
          runs.push("try");
          if (runs.length === 1) throw new RangeError("not yet");
          return "done";
        },
        { retryStrategy: (_error, attempts) => ({ shouldRetry: attempts < 3, delay: { seconds: 1 } }) },
      ),
    approval: async (_event, context) => context.waitForCallback("approve", async (id) => void callbackIds.push(id)),
    both: async (_event, context) => {
      const [answer, id] = await context.createCallback("approve");
      let heard = (): void => {};
      const answered = new Promise<void>((resolve) => {
        heard = resolve;
      });
      const step = context.step("until answered", async () => {
        callbackIds.push(id);
        await answered;
        return "step";
      });
      const value = await answer;
      heard();
      return [value, await step];
    },
    failing: async () => {
      throw new TypeError("wrong from the start");
    },
  });
  await worker.open();
});

afterEach(() => worker.close());

describe("AWS's own SDK, elsewhere, over HTTP", () => {
  test("runs steps, waits and a map to the result, each step once", async () => {
    const { status, result } = await worker.run("order", { n: 1 });
    expect([status, JSON.parse(result!)]).toEqual(["SUCCEEDED", [{ event: { n: 1 } }, [2, 4, 6]]]);
    expect(runs.toSorted()).toEqual(["first", "item-1", "item-2", "item-3"]);
    expect(new Set(worker.calls)).toEqual(new Set(["GET state", "POST checkpoint"]));
  });

  test("retries a step", async () => {
    expect(await worker.run("retrying", null)).toMatchObject({ status: "SUCCEEDED", result: '"done"' });
    expect(runs).toEqual(["try", "try"]);
  });

  test("waits for a callback", async () => {
    const { execution } = await worker.runner.start({ functionName: "approval" });
    await expect.poll(() => callbackIds, { timeout: 10_000 }).toHaveLength(1);
    const Result = new TextEncoder().encode("yes");
    await worker.lambda.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId: callbackIds[0], Result }));
    expect(await worker.runner.settled(execution.id, Date.now() + 60_000)).toMatchObject({
      status: "SUCCEEDED",
      result: '"yes"',
    });
  });

  test("hears of a callback while a step still runs", async () => {
    const { execution } = await worker.runner.start({ functionName: "both" });
    await expect.poll(() => callbackIds, { timeout: 10_000 }).toHaveLength(1);
    const Result = new TextEncoder().encode("yes");
    await worker.lambda.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId: callbackIds[0], Result }));
    const { result } = await worker.runner.settled(execution.id, Date.now() + 20_000);
    expect(result).toBe('["yes","step"]');
  });

  test("fails with its error", async () => {
    expect(await worker.run("failing", {})).toMatchObject({
      status: "FAILED",
      error: { errorType: "TypeError", errorMessage: "wrong from the start" },
    });
  });
});

describe("an error that is too large to record", () => {
  const large: Program = (_event, context) =>
    context.step(
      "large",
      async () => {
        runs.push("large");
        throw new RangeError("x".repeat(40_000));
      },
      { retryStrategy: () => ({ shouldRetry: false }) },
    );

  test("ends an execution of AWS's SDK, with its step run once", async () => {
    await worker.close();
    worker = new RemoteWorker({ large });
    await worker.open();
    const { status, error } = await worker.run("large", {});
    expect([status, error?.errorMessage]).toEqual([
      "FAILED",
      "[Unrecoverable Execution] Checkpoint failed: Error object size must be less than 32768 bytes.",
    ]);
    expect(runs).toEqual(["large"]);
  });

  test("ends an execution elsewhere as it ends one in the host's own process", async () => {
    await worker.close();
    worker = new RemoteWorker({ large }, perdure.withDurableExecution as unknown as typeof withDurableExecution);
    await worker.open();
    const elsewhere = await worker.run("large", {});
    const handler = perdure.withDurableExecution(large as never);
    const local = createMemoryHost({ functions: { large: handler as FunctionDefinition } });
    const { execution } = await local.client.start({ functionName: "large", input: "{}" });
    const here = await local.client.settled(execution.id, Date.now() + 60_000);
    local.close();
    const outcome = ({ status, error }: ExecutionHeader) => [status, error?.errorType, error?.errorMessage];
    expect(outcome(elsewhere)).toEqual(outcome(here));
    expect(runs).toEqual(["large", "large"]);
  });
});
