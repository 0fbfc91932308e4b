/**
 * What a program costs: calls of the service natively, commits on a machine of our own. AWS's SDK is the measure of both.
 */

import * as aws from "@aws/durable-execution-sdk-js";
import { describe, expect, test } from "vitest";
import { createMemoryHost } from "../../src/homes/memory/index.ts";
import * as perdure from "../../src/lambda-compat/index.ts";
import { decodeCommit } from "../../src/engine/machine/commit-codec.ts";
import type { ExecutionStore, LogPage } from "../../src/engine/ports/execution-store.ts";
import { LocalService } from "./local-service.ts";

type Sdk = Pick<typeof aws, "withDurableExecution">;
type Program = (context: aws.DurableContext) => Promise<unknown>;

/** Counts calls, and answers like something on the other side of a network. */
class DistantService extends LocalService {
  calls = 0;

  override async checkpoint(
    request: aws.CheckpointDurableExecutionRequest,
  ): Promise<aws.CheckpointDurableExecutionResponse> {
    this.calls++;
    await new Promise((resolve) => setTimeout(resolve, 2));
    return super.checkpoint(request);
  }
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const map =
  (count: number, config: object = {}, steps = 1): Program =>
  async (context) => {
    const batch = await context.map(
      "map",
      numbers(count),
      async (item, number) => {
        for (let index = 0; index < steps; index++) await item.step(`step ${index}`, async () => number);
        return number;
      },
      config,
    );
    return batch.successCount;
  };

const nested =
  (depth: number): Program =>
  async (context) =>
    depth === 0
      ? context.step("innermost", async () => 1)
      : context.runInChildContext(`level ${depth}`, (child) => nested(depth - 1)(child));

const programs: Readonly<Record<string, Program>> = {
  "20 steps": async (context) => {
    for (const number of numbers(20)) await context.step(`step ${number}`, async () => number);
  },
  "all of 10 steps": async (context) =>
    Promise.all(numbers(10).map((number) => context.step(`step ${number}`, async () => number))),
  "a map of 10": map(10),
  "a map of 10, 2 at a time": map(10, { maxConcurrency: 2 }),
  "a map of 100": map(100),
  "a map of 100, 10 at a time": map(100, { maxConcurrency: 10 }),
  "a map of 100, one at a time": map(100, { maxConcurrency: 1 }),
  "a map of 20 with 3 steps each, 5 at a time": map(20, { maxConcurrency: 5 }, 3),
  "a flat map of 100, 10 at a time": map(100, { maxConcurrency: 10, nesting: "FLAT" }),
  "a map of 100 without operations, one at a time": map(100, { maxConcurrency: 1 }, 0),
  "a map that ends early": map(50, { maxConcurrency: 5, completionConfig: { minSuccessful: 12 } }),
  "a parallel of 3": async (context) =>
    context.parallel(
      "parallel",
      numbers(3).map((number) => async (branch: aws.DurableContext) => branch.step("step", async () => number)),
    ),
  "10 children one after the other": async (context) => {
    for (const number of numbers(10)) {
      await context.runInChildContext(`child ${number}`, async (child) => child.step("step", async () => number));
    }
  },
  "10 children with a step after each": async (context) => {
    for (const number of numbers(10)) {
      await context.runInChildContext(`child ${number}`, async (child) => child.step("inside", async () => number));
      await context.step(`after ${number}`, async () => number);
    }
  },
  "10 contexts in each other": nested(10),
  "a map in a map": async (context) =>
    context.map("outer", numbers(5), async (outer) => (await map(5)(outer)) as number),
  "10 combinators": async (context) => {
    for (const number of numbers(10)) {
      await context.promise.all(`all ${number}`, [
        context.step("left", async () => number),
        context.step("right", async () => number),
      ]);
    }
  },
};

async function callsOf(program: Program, sdk: Sdk): Promise<number> {
  const service = new DistantService();
  const { Status } = await service.run((_event, context) => program(context), {}, sdk);
  expect(Status).toBe("SUCCEEDED");
  return service.calls;
}

async function bodiesOf(store: ExecutionStore, id: string): Promise<string[]> {
  const bodies: string[] = [];
  for (let from: number | undefined = 1; from !== undefined; ) {
    const page: LogPage = (await store.read(id, from)) ?? { bodies: [] };
    bodies.push(...page.bodies);
    from = page.next;
  }
  return bodies;
}

/** Commits beside those that begin and end the execution. */
async function commitsOf(program: Program): Promise<number> {
  let commits = 0;
  const handler = perdure.withDurableExecution((_event, context) => program(context as unknown as aws.DurableContext));
  const host = createMemoryHost({ functions: { program: handler } });
  try {
    const { execution } = await host.client.start({ functionName: "program" });
    const { status } = await host.client.settled(execution.id, Date.now() + 60_000);
    expect(status).toBe("SUCCEEDED");
    for (const body of await bodiesOf(host.store, execution.id)) {
      const isOwn = decodeCommit(body).facts.every(({ kind }) => !/^EXECUTION_|^INVOCATION_/.test(kind));
      if (isOwn) commits++;
    }
  } finally {
    host.close();
  }
  return commits;
}

describe.each(Object.entries(programs))("%s", (_name, program) => {
  test("cost no more calls natively, and no more commits hosted, than calls with AWS's SDK", async () => {
    const theirs = await callsOf(program, aws);
    const ours = { calls: await callsOf(program, perdure as unknown as Sdk), commits: await commitsOf(program) };
    expect(ours.calls).toBeLessThanOrEqual(theirs);
    expect(ours.commits).toBeLessThanOrEqual(theirs);
  });
});
