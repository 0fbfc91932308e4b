import {
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  InvokeCommand,
  ListDurableExecutionsByFunctionCommand,
  SendDurableExecutionCallbackSuccessCommand,
} from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type LocalWorkerd, openCallback, pause, startWorkerd } from "./local-workerd.ts";
import { temporaryFolder } from "../temporary-folder.ts";

let folder = "";
let worker: LocalWorkerd;

beforeEach(async () => {
  folder = temporaryFolder("deploys");
});

afterEach(async () => {
  await worker.kill();
});

/** A Worker with these functions, as source text. */
function workerOf(functions: string): string {
  return `
    import { withDurableExecution } from "perdure";
    import { createWorker } from "perdure/cloudflare";
    const order = (label, first = "reserve") => withDurableExecution(async (event, context) => {
      const reserved = await context.step(first, async () => label);
      const approval = await context.waitForCallback("approval", async () => {});
      const shipped = await context.step("ship", async () => label);
      return { reserved, approval, shipped };
    });
    const nap = withDurableExecution(async (event, context) => {
      await context.wait("nap", { seconds: 3 });
      return "rested";
    });
    const app = createWorker({ functions: ${functions} });
    export default { fetch: app.fetch };
    export const Execution = app.Execution;
    export const Directory = app.Directory;
  `;
}

/** Kills what runs, and runs this on the same state. */
async function deploy(functions: string): Promise<void> {
  if (worker !== undefined) await worker.kill();
  worker = await startWorkerd(folder, workerOf(functions));
}

async function start(name: string, functionName = "order"): Promise<string> {
  const { DurableExecutionArn = "" } = await worker.lambda.send(
    new InvokeCommand({ FunctionName: functionName, InvocationType: "Event", DurableExecutionName: name }),
  );
  return DurableExecutionArn;
}

async function approve(callbackId: string): Promise<void> {
  await worker.lambda.send(
    new SendDurableExecutionCallbackSuccessCommand({ CallbackId: callbackId, Result: Buffer.from("yes") }),
  );
}

/** What whoever waits for the execution gets: its result, or why there is none. */
async function outcome(name: string): Promise<unknown> {
  const answer = await worker.lambda.send(new InvokeCommand({ FunctionName: "order", DurableExecutionName: name }));
  return JSON.parse(answer.Payload?.transformToString() ?? "null");
}

/** Why an execution waits for a repair, once it does. AWS's client does not know of that. */
async function halted(arn: string): Promise<string> {
  for (;;) {
    const { Halt } = await worker.get(`durable-executions/${encodeURIComponent(arn)}`);
    if (Halt !== undefined) return (Halt as { Reason: string }).Reason;
    await pause(50);
  }
}

describe("a deploy with executions in flight", () => {
  test("keeps each execution on the version it started with", async () => {
    await deploy(`{ order: { latest: "1", versions: { "1": order("old") } } }`);
    const callbackId = await openCallback(worker.lambda, await start("before"));
    await deploy(`{ order: { latest: "2", versions: { "1": order("old"), "2": order("new", "book") } } }`);
    await approve(callbackId);
    const answer = await worker.lambda.send(
      new InvokeCommand({ FunctionName: "order", Qualifier: "1", DurableExecutionName: "before" }),
    );
    expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toEqual({
      reserved: "old",
      approval: "yes",
      shipped: "old",
    });
    await approve(await openCallback(worker.lambda, await start("after")));
    expect(await outcome("after")).toEqual({ reserved: "new", approval: "yes", shipped: "new" });
  });

  test("halts an execution whose version is gone, until it is back", async () => {
    await deploy(`{ order: { latest: "1", versions: { "1": order("old") } } }`);
    const arn = await start("kept");
    const callbackId = await openCallback(worker.lambda, arn);
    await deploy(`{ order: { latest: "2", versions: { "2": order("new", "book") } } }`);
    await approve(callbackId);
    expect(await halted(arn)).toBe("VERSION_MISSING");
    const waiting = new InvokeCommand({ FunctionName: "order", Qualifier: "1", DurableExecutionName: "kept" });
    await expect(worker.lambda.send(waiting)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await deploy(`{ order: { latest: "2", versions: { "1": order("old"), "2": order("new", "book") } } }`);
    expect(await worker.post(`durable-executions/${encodeURIComponent(arn)}/resume`)).toBe(200);
    const answer = await worker.lambda.send(waiting);
    expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toMatchObject({ shipped: "old" });
  });

  test("halts an execution whose code no longer fits its log, until it does", async () => {
    await deploy(`{ order: order("same") }`);
    const arn = await start("changed");
    const callbackId = await openCallback(worker.lambda, arn);
    await deploy(`{ order: order("same", "renamed") }`);
    await approve(callbackId);
    expect(await halted(arn)).toBe("NON_DETERMINISM");
    expect(await outcome("changed")).toMatchObject({
      errorType: "NonDeterministicExecutionError",
      errorMessage: expect.stringContaining("renamed"),
    });
    await deploy(`{ order: order("same") }`);
    expect(await worker.post(`durable-executions/${encodeURIComponent(arn)}/resume`)).toBe(200);
    expect(await outcome("changed")).toEqual({ reserved: "same", approval: "yes", shipped: "same" });
  });
});

describe("a machine that goes down", () => {
  test("wakes what fell due meanwhile as it comes up, without being asked", async () => {
    await deploy("{ nap }");
    const arn = await start("asleep", "nap");
    for (;;) {
      const history = new GetDurableExecutionHistoryCommand({ DurableExecutionArn: arn });
      const { Events = [] } = await worker.lambda.send(history);
      if (Events.some(({ EventType }) => EventType === "WaitStarted")) break;
      await pause(20);
    }
    await worker.kill();
    await pause(3_500);
    await deploy("{ nap }");
    // The list is the directory's: it does not touch the execution.
    const list = new ListDurableExecutionsByFunctionCommand({ FunctionName: "nap", Statuses: ["SUCCEEDED"] });
    for (;;) {
      const { DurableExecutions = [] } = await worker.lambda.send(list);
      if (DurableExecutions.length === 1) break;
      await pause(50);
    }
    const { Result } = await worker.lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn: arn }));
    expect(Result).toBe('"rested"');
  });

  test("brings an execution back that was at its work when it went down", async () => {
    await deploy("{ order: order('same') }");
    const arns = await Promise.all(Array.from({ length: 20 }, (_, at) => start(`busy-${at}`)));
    await deploy("{ order: order('same') }");
    for (const arn of arns) await approve(await openCallback(worker.lambda, arn));
    for (let at = 0; at < arns.length; at++) expect(await outcome(`busy-${at}`)).toMatchObject({ shipped: "same" });
  });
});
