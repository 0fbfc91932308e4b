/**
 * What perdure adds to the programming model, as stories that every home is put through: what an operator does, tags and
 * search, starts for later, schedules, steps that take too long. A home is given `capabilities` among its functions, and a
 * story its client. Stories may run beside each other, and nothing in them hangs on how long anything takes.
 */

import { expect } from "vitest";
import type { ExecutionHeader } from "../../src/engine/model/execution.ts";
import type { DirectoryRow } from "../../src/engine/ports/execution-store.ts";
import { ClientError, type ExecutionClient, type ListQuery } from "../../src/engine/runner/client.ts";
import type { Functions } from "../../src/lambda-compat/functions.ts";
import { StepTimeoutError } from "../../src/lambda-compat/index.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { schedule } from "../../src/schedules/index.ts";

/** Charges once, under an id that no other charge has, asks somebody, and fails if the answer is no. */
const order = withDurableExecution(async (_: unknown, context) => {
  context.setTags({ stage: "paying" });
  const charge = await context.step("charge", async () => crypto.randomUUID());
  context.setTags({ stage: "packing", coupon: null });
  const [answer, callbackId] = await context.createCallback<string>("decision");
  await context.step("ask", async () => callbackId);
  if ((await answer) === "no") throw new Error("it was declined");
  return `${charge} ${await context.step("thank", async () => "with thanks")}`;
});

const clock = withDurableExecution(async (_: unknown, context) => context.step("look", async () => Date.now()));

const never = withDurableExecution(async (_: unknown, context) => {
  const waitInVain = ({ signal }: { signal: AbortSignal }): Promise<never> =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  const retryStrategy = (_error: Error, attempt: number) => ({ shouldRetry: attempt < 2, delay: { seconds: 1 } });
  try {
    return await context.step("wait in vain", waitInVain, { timeout: { seconds: 1 }, retryStrategy });
  } catch (error) {
    return error instanceof StepTimeoutError ? "it takes too long" : String(error);
  }
});

const tick = withDurableExecution(async (event: { slot: string }) => event.slot);

const everySecond = schedule({
  cron: "* * * * * *",
  start: { functionName: "tick" },
  input: (slot) => ({ slot: slot.toISOString() }),
  tags: { of: "every second" },
});

/** The functions that a home has to be given. */
export const capabilities: Functions = { order, clock, never, tick, everySecond };

/** Puts a home through all stories at once. */
export async function expectCapabilities(client: ExecutionClient): Promise<void> {
  const failures: string[] = [];
  const tell = async ([what, story]: [string, Story]): Promise<void> => {
    await story(client).catch((error: Error) => failures.push(`${what}: ${error.stack}`));
  };
  await Promise.all(Object.entries(stories).map(tell));
  expect(failures.join("\n")).toBe("");
}

type Story = (client: ExecutionClient) => Promise<void>;

/** By what they show. */
const stories: Readonly<Record<string, Story>> = {
  "a pause lets an answer in, and nothing begins before it is over": async (client) => {
    const id = await begin(client, "order");
    await decision(client, id);
    await client.pause(id);
    await answer(client, id, "yes");
    expect((await client.settled(id, Date.now() + 2000)).halt?.reason).toBe("PAUSED");
    expect(await succeeded(client, id)).not.toContain("thank");
    await client.resume(id);
    expect(await resultOf(client, id)).toMatch(/with thanks$/);
  },

  "a fork of what has failed has what was recorded before the point, and goes on from there": async (client) => {
    const { id, charge } = await declinedOrder(client);
    const { execution } = await client.fork(id, { operationId: await operationNamed(client, id, "decision") });
    await answer(client, execution.id, "yes");
    expect(await resultOf(client, execution.id)).toBe(`${charge} with thanks`);
    expect((await client.describe(execution.id)).forkedFrom?.executionId).toBe(id);
    expect((await client.describe(id)).forks?.map(({ executionId }) => executionId)).toEqual([execution.id]);
  },

  "what has failed goes on once it is rewound": async (client) => {
    const { id, charge } = await declinedOrder(client);
    await client.rewind(id, { operationId: await operationNamed(client, id, "decision") });
    await answer(client, id, "yes");
    expect(await resultOf(client, id)).toBe(`${charge} with thanks`);
  },

  "what has ended can be purged, and its name is free": async (client) => {
    const name = crypto.randomUUID();
    const id = await begin(client, "clock", { name });
    const first = await resultOf(client, id);
    await client.purge(id);
    await expect(client.describe(id)).rejects.toMatchObject({ code: "ResourceNotFoundException" });
    expect(await begin(client, "clock", { name })).toBe(id);
    expect(await resultOf(client, id)).not.toBe(first);
  },

  "an execution is found by its tags, by the beginning of its name, and by its halt": async (client) => {
    const key = crypto.randomUUID();
    const [one, two] = [`${key}-1`, `${key}-2`];
    const first = await begin(client, "order", { name: one, tags: { customer: one, coupon: "spring" } });
    const second = await begin(client, "order", { name: two, tags: { customer: two } });
    const tags = { customer: one, stage: "packing" };
    expect((await rows(client, { tags }, 1)).map((row) => [row.id, row.tags])).toEqual([[first, tags]]);
    expect(await rows(client, { namePrefix: key, tags: { stage: "packing" } }, 2)).toHaveLength(2);
    await client.pause(second);
    expect((await rows(client, { halted: true, namePrefix: key }, 1)).map((row) => row.id)).toEqual([second]);
    await Promise.all([client.stop(first), client.stop(second)]);
  },

  "a start for later is there at once, and begins at its time": async (client) => {
    const startAt = Date.now() + 3000;
    const { execution } = await client.start({ functionName: "clock", input: "{}", startAt });
    expect(await client.describe(execution.id)).toMatchObject({ startAt });
    expect(Number(await resultOf(client, execution.id))).toBeGreaterThanOrEqual(startAt);
    const inAnHour = await client.start({ functionName: "clock", input: "{}", startAt: Date.now() + 3_600_000 });
    expect(await client.describe(inAnHour.execution.id)).toMatchObject({ status: "RUNNING" });
    await client.stop(inAnHour.execution.id);
  },

  "a schedule starts once for each slot, holds while it is paused, and ends when it is stopped": async (client) => {
    await Promise.all([begin(client, "everySecond"), begin(client, "everySecond")]);
    await ticks(client, 2);
    const paused = await eachWaiting(client, (id) => client.pause(id));
    const held = await ticksAtRest(client);
    for (const id of paused) await client.resume(id).catch(unlessOver);
    await ticks(client, held.length + 2);
    await eachWaiting(client, (id) => client.stop(id));
    const all = await ticksAtRest(client);
    expect(new Set(all).size).toBe(all.length);
  },

  "an attempt that takes too long is aborted, and made again": async (client) => {
    const id = await begin(client, "never");
    expect(await resultOf(client, id)).toBe("it takes too long");
    const { operations } = await client.state(id, { limit: 10 });
    expect(operations.find(({ name }) => name === "wait in vain")).toMatchObject({ status: "FAILED", attempt: 2 });
  },
};

async function begin(
  client: ExecutionClient,
  functionName: string,
  more: { readonly name?: string; readonly tags?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const { execution } = await client.start({ functionName, input: "{}", ...more });
  return execution.id;
}

/** The header once the execution has ended. */
async function ended(client: ExecutionClient, id: string): Promise<ExecutionHeader> {
  for (;;) {
    const header = await client.settled(id, Date.now() + 10_000);
    if (header.status !== "RUNNING") return header;
  }
}

async function resultOf(client: ExecutionClient, id: string): Promise<unknown> {
  const { status, result = "null" } = await ended(client, id);
  expect(status).toBe("SUCCEEDED");
  return JSON.parse(result);
}

/** An order that has failed, since the answer was no; and the id of its charge. */
async function declinedOrder(client: ExecutionClient): Promise<{ readonly id: string; readonly charge: string }> {
  const id = await begin(client, "order");
  await answer(client, id, "no");
  expect((await ended(client, id)).status).toBe("FAILED");
  const { operations } = await client.state(id, { limit: 10 });
  const charge = operations.find(({ name }) => name === "charge")?.result ?? "null";
  return { id, charge: JSON.parse(charge) as string };
}

async function answer(client: ExecutionClient, id: string, text: string): Promise<void> {
  await client.completeCallback(await decision(client, id), { type: "SUCCEEDED", result: text });
}

/** The id of the callback, once somebody was asked. */
function decision(client: ExecutionClient, id: string): Promise<string> {
  return eventually(async () => {
    const { operations } = await client.state(id, { limit: 10 });
    const asked = operations.find(({ name, status }) => name === "ask" && status === "SUCCEEDED");
    return asked?.result === undefined ? undefined : (JSON.parse(asked.result) as string);
  });
}

async function operationNamed(client: ExecutionClient, id: string, wanted: string): Promise<string> {
  const { operations } = await client.state(id, { limit: 10 });
  const found = operations.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`There is no operation ${wanted}.`);
  return found.id;
}

async function succeeded(client: ExecutionClient, id: string): Promise<(string | undefined)[]> {
  const { operations } = await client.state(id, { limit: 10 });
  return operations.filter(({ status }) => status === "SUCCEEDED").map(({ name }) => name);
}

/** What a list gives, once it gives as much as that. */
function rows(
  client: ExecutionClient,
  query: Omit<ListQuery, "limit">,
  least: number,
): Promise<readonly DirectoryRow[]> {
  return eventually(async () => {
    const page = await client.list({ ...query, limit: 100 });
    return page.rows.length < least ? undefined : page.rows;
  });
}

/** The names of what the schedule has started, once it is as much as that. */
async function ticks(client: ExecutionClient, least: number): Promise<string[]> {
  const started = await rows(client, { functionName: "tick", tags: { of: "every second" } }, least);
  return started.map(({ name }) => name);
}

/** The same once none has been started for two slots: a start that was under way is let come to its end. */
function ticksAtRest(client: ExecutionClient): Promise<string[]> {
  return eventually(async () => {
    const before = await ticks(client, 2);
    await new Promise((next) => setTimeout(next, 2500));
    const after = await ticks(client, 2);
    return after.length === before.length ? after : undefined;
  });
}

/**
 * Does something to each slot that waits, until none is left that would go on: one may begin meanwhile, and end, and the
 * next has come. Answers all that it was done to.
 */
async function eachWaiting(client: ExecutionClient, act: (id: string) => Promise<unknown>): Promise<Set<string>> {
  const done = new Set<string>();
  const waiting = { functionName: "everySecond", statuses: ["RUNNING"], halted: false, limit: 100 } as const;
  return eventually(async () => {
    const page = await client.list(waiting);
    for (const { id } of page.rows) {
      await act(id).catch(unlessOver);
      done.add(id);
    }
    return page.rows.length === 0 ? done : undefined;
  });
}

function unlessOver(error: unknown): void {
  if (!(error instanceof ClientError) || error.code !== "InvalidParameterValueException") throw error;
}

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((next) => setTimeout(next, 50));
  }
}
