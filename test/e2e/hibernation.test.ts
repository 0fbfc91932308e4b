import { InvokeCommand, SendDurableExecutionCallbackSuccessCommand } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LocalWorkerd, openCallback, pause, startWorkerd } from "./local-workerd.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** The handler counts how often it runs: once more than it suspends, if its object was gone when it went on. */
const SOURCE = `
  import { withDurableExecution } from "perdure";
  import { createWorker } from "perdure/cloudflare";
  const runs = new Map();
  const asleep = withDurableExecution(async ({ key }, context) => {
    runs.set(key, (runs.get(key) ?? 0) + 1);
    await Promise.race([
      context.wait("reminder", { hours: 1 }),
      context.waitForCallback("approval", async () => {}, { timeout: { days: 30 } }),
    ]);
    return runs.get(key);
  });
  const app = createWorker({ functions: { asleep } });
  export default { fetch: app.fetch };
  export const Execution = app.Execution;
  export const Directory = app.Directory;
`;

let folder = "";
let worker: LocalWorkerd;

beforeEach(async () => {
  folder = temporaryFolder("hibernation");
  worker = await startWorkerd(folder, SOURCE);
});

afterEach(async () => {
  await worker.kill();
});

/** Lets an execution alone for a while, goes on with it, and answers how often its handler has run. */
async function runsAfter(seconds: number): Promise<unknown> {
  const name = `asleep-${seconds}`;
  const FunctionName = "asleep";
  const Payload = JSON.stringify({ key: name });
  const started = await worker.lambda.send(
    new InvokeCommand({ FunctionName, InvocationType: "Event", DurableExecutionName: name, Payload }),
  );
  const CallbackId = await openCallback(worker.lambda, started.DurableExecutionArn ?? "");
  await pause(seconds * 1000);
  await worker.lambda.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId }));
  const answer = await worker.lambda.send(new InvokeCommand({ FunctionName, DurableExecutionName: name, Payload }));
  return JSON.parse(answer.Payload?.transformToString() ?? "null");
}

test("keeps nothing in memory of an execution that only waits, after some ten idle seconds", async () => {
  // On a slow machine the runtime may be late to let an object go.
  let runs: unknown;
  for (const seconds of [15, 30, 60]) {
    runs = await runsAfter(seconds);
    if (runs === 2) break;
  }
  expect(runs).toBe(2);
});
