import { expect, onTestFinished, test } from "vitest";
import { createMemoryHost, ExecutionError, type MemoryHost } from "../homes/memory/index.ts";
import { DurableTestRunner } from "../testing/test-runner.ts";
import type { Functions } from "./functions.ts";
import { typedStart } from "./typed-client.ts";
import { withDurableExecution } from "./with-durable-execution.ts";

interface Order {
  readonly id: string;
}

const order = withDurableExecution(async ({ id }: Order, context) =>
  context.step("ship", async () => ({ shipped: id })),
);
const patient = withDurableExecution(async (_event: undefined, context) => {
  await context.wait({ hours: 1 });
});
const failing = withDurableExecution(async (): Promise<number> => {
  throw new RangeError("too far");
});

function host(functions: Functions): MemoryHost {
  const opened = createMemoryHost({ functions });
  onTestFinished(() => opened.close());
  return opened;
}

test("a function is started by itself, with its event, and its result is its own", async () => {
  const { start } = host({ "ship-order": order });
  const execution = await start(order, { id: "7" }, { name: "order-7" });
  const { shipped } = await execution.result();
  expect(shipped satisfies string).toBe("7");
  expect(await execution.status()).toBe("SUCCEEDED");
  expect(execution).toMatchObject({ id: "ship-order/order-7", created: true });
  const again = await start(order, { id: "7" }, { name: "order-7" });
  expect(again.created).toBe(false);
  expect(await again.result()).toEqual({ shipped: "7" });
});

test("the compiler refuses another function's event", async () => {
  const { start } = host({ order });
  // @ts-expect-error an order has an id
  const execution = await start(order, { name: "7" });
  // @ts-expect-error what is shipped is text
  const { shipped }: { shipped: number } = await execution.result();
  expect(shipped).toBeUndefined();
  // @ts-expect-error an order has an id, also by name
  await start<typeof order>("order", 7);
  const byName = await start<typeof order>("order", { id: "8" });
  const result: { shipped: string } = await byName.result();
  expect(result).toEqual({ shipped: "8" });
});

test("a function is started with tags, and for later at a time in any form", async () => {
  const { start, client } = host({ patient });
  const at = Date.now() + 3_600_000;
  for (const startAt of [at, new Date(at), new Date(at).toISOString()]) {
    const { id } = await start(patient, undefined, { tags: { customer: "c-7" }, startAt });
    expect(await client.describe(id)).toMatchObject({ status: "RUNNING", tags: { customer: "c-7" }, startAt: at });
  }
  expect((await client.list({ tags: { customer: "c-7" }, limit: 5 })).rows).toHaveLength(3);
  await expect(start(patient, undefined, { startAt: "soon" })).rejects.toMatchObject({
    code: "InvalidParameterValueException",
  });
  await expect(start(patient, undefined, { startAt: new Date(Number.NaN) })).rejects.toThrow("must be a Date");
  await expect(start(patient, undefined, { tags: { "a b": "c" } })).rejects.toThrow("The key of a tag");
});

test("an earlier version is started in that version", async () => {
  const { start, client } = host({ order: { latest: "2", versions: { "1": patient, "2": order } } });
  const execution = await start(patient, undefined);
  expect(await client.describe(execution.id)).toMatchObject({ version: "1" });
});

test("what has no result says so by code, and with the error", async () => {
  const { start, client } = host({ patient, failing });
  const failed = await start(failing, undefined);
  const error = await failed.result().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ExecutionError);
  expect(error).toMatchObject({
    code: "EXECUTION_FAILED",
    message: `Execution ${failed.id} is FAILED: too far`,
    cause: { name: "RangeError", message: "too far" },
    execution: { id: failed.id },
  });
  const waiting = await start(patient, undefined);
  await expect(waiting.result({ timeoutMs: 1 })).rejects.toMatchObject({ code: "EXECUTION_RUNNING" });
  await client.stop(waiting.id);
  await expect(waiting.result()).rejects.toMatchObject({ code: "EXECUTION_STOPPED" });
});

test.for(["5s", "60000", Number.NaN, null])(
  "a timeout of a result that is no number is refused: %j",
  async (timeoutMs) => {
    const { start } = host({ patient });
    const waiting = await start(patient, undefined);
    await expect(waiting.result({ timeoutMs: timeoutMs as never })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("write timeoutMs: 60_000") as string,
    });
  },
);

test("what waits for a repair says so by code, and why", async () => {
  let invocations = 0;
  const changing = withDurableExecution(async (_event: undefined, context) => {
    await context.step(`invocation ${++invocations}`, async () => {});
    await context.wait({ seconds: 1 });
  });
  const runner = new DurableTestRunner(changing);
  const [functionName = ""] = runner.client.functionNames();
  const halted = await typedStart(runner.client)<typeof changing>(functionName, undefined);
  await runner.advance({ seconds: 2 });
  await expect(halted.result()).rejects.toMatchObject({
    code: "EXECUTION_HALTED",
    message: expect.stringContaining("is HALTED: [Unrecoverable Execution] Non-deterministic execution") as string,
  });
});

test("a function that the host was not given, and an event that is no JSON, are refused", async () => {
  const { start } = host({ patient });
  await expect(start(order, { id: "7" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await expect(start<typeof order>("patient", 7n as never)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});

test("an execution that wants more operations than its host allows fails, and says so", async () => {
  const many = withDurableExecution(async (count: number, context) => {
    for (let index = 0; index < count; index++) {
      await context.runInChildContext(`child ${index}`, async (child) => child.step("work", async () => index));
    }
    return count;
  });
  const limited = createMemoryHost({ functions: { many }, operationsPerExecution: 10 });
  onTestFinished(() => limited.close());
  expect(await (await limited.start(many, 5)).result()).toBe(5);
  const error = await (await limited.start(many, 6)).result().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: "EXECUTION_FAILED",
    message: expect.stringContaining("operations; the limit of this host is 10.") as string,
  });
});
