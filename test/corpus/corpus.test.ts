/**
 * One corpus, every home. What is recorded in `logs.json`, by the home in memory, is what a home must come to, or its
 * difference is declared. Worker and tab compare in their own runtimes: `test/runtimes/{workerd,browser}/corpus.test.ts`.
 *
 * The logs themselves are kept under `histories`: they replay on every later version.
 * `PERDURE_WRITE_GOLDEN=1 npx vitest run test/corpus` writes what is missing of both; what is there is never changed.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/command.ts";
import * as aws from "@aws/durable-execution-sdk-js";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import { describe, expect, onTestFinished, test } from "vitest";
import type { LambdaHost } from "../../src/homes/aws/create-lambda-host.ts";
import { createMemoryHost } from "../../src/homes/memory/index.ts";
import type { Functions } from "../../src/lambda-compat/function-map.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { replayLog } from "../../src/testing/replay-log.ts";
import { LocalAws } from "../aws/lambda-world.ts";
import { DurableService } from "../aws/native/durable-service.ts";
import { type DurableHandler, InProcessFunction } from "../aws/native/in-process-function.ts";
import { type CanonicalLog, canonicalLog, idsIn } from "./canonical.ts";
import { comparable, expectedLog, type Home } from "./expected.ts";
import { type Logs, runCorpus } from "./run-corpus.ts";
import { functionsOf, plainFunctions, workflows } from "./workflows.ts";

const recorded = join(import.meta.dirname, "logs.json");
const histories = join(import.meta.dirname, "histories");

const handlers = functionsOf((handler) => withDurableExecution(handler));
const perdureFunctions: Functions = { ...handlers, ...plainFunctions };

function inMemory(functions: Functions): Promise<Logs> {
  const host = createMemoryHost({ functions });
  onTestFinished(() => host.close());
  return runCorpus(host.client);
}

async function natively(wrap: (handler: never, config: { client: LambdaClient }) => DurableHandler): Promise<Logs> {
  const service = await DurableService.open({
    functions: (endpoint) =>
      functionsOf((handler) => new InProcessFunction(endpoint, (client) => wrap(handler as never, { client }))),
  });
  onTestFinished(() => service.close());
  return runCorpus(service.runner);
}

/** Two Lambda environments take turns: what one has begun, the other goes on with. */
async function onLambdaAndDynamoDb(): Promise<Logs> {
  const aws = await LocalAws.start();
  // After everything of the world that runs on it.
  onTestFinished(() => aws.stop());
  const world = await aws.open();
  const hosts = [1, 2].map(() => world.host(perdureFunctions));
  for (const host of hosts) world.serve(host, { concurrency: 8 });
  const logs = await runCorpus((hosts[0] as LambdaHost).client);
  expect(world.errors).toEqual([]);
  return logs;
}

/** Each home that runs in Node. */
const homes: Readonly<Record<Home, (() => Promise<Logs>) | undefined>> = {
  memory: () => inMemory(perdureFunctions),
  "native Lambda": () => natively(withDurableExecution as never),
  "AWS's SDK, hosted": () =>
    inMemory({
      ...functionsOf((handler) => ({ awsDurable: aws.withDurableExecution(handler as never) })),
      ...plainFunctions,
    }),
  "AWS's SDK, native": () => natively(aws.withDurableExecution as never),
  "Lambda and DynamoDB": onLambdaAndDynamoDb,
  workerd: undefined,
  Chromium: undefined,
};

if (process.env["PERDURE_WRITE_GOLDEN"] === "1") await record();

async function record(): Promise<void> {
  const host = createMemoryHost({ functions: perdureFunctions });
  const logs = await runCorpus(host.client);
  host.close();
  mkdirSync(histories, { recursive: true });
  const known = existsSync(recorded) ? (JSON.parse(readFileSync(recorded, "utf8")) as object) : {};
  const canonical = Object.fromEntries([...logs].map(([name, bodies]) => [name, canonicalLog(bodies)]));
  writeFileSync(recorded, `${JSON.stringify({ ...canonical, ...known }, null, 2)}\n`);
  for (const [name, bodies] of logs) {
    const path = join(histories, `${name}.jsonl`);
    // Stacks name files, and where those lie is nobody's business.
    const text = bodies.map((body) => `${body.replaceAll(root, "/perdure")}\n`).join("");
    if (!existsSync(path)) writeFileSync(path, text);
  }
}

const expected = JSON.parse(readFileSync(recorded, "utf8")) as Readonly<Record<string, CanonicalLog>>;

test("every workflow of the corpus has a log, and a history", () => {
  expect(Object.keys(expected).toSorted()).toEqual(Object.keys(workflows).toSorted());
  for (const name of Object.keys(workflows)) expect(existsSync(join(histories, `${name}.jsonl`))).toBe(true);
});

describe.each(Object.entries(homes).filter(([, run]) => run !== undefined))("the corpus on %s", (home, run) => {
  test("has the logs that are recorded, or differs as is declared", async () => {
    const logs = (await run?.()) ?? new Map();
    for (const [name, log] of Object.entries(expected)) {
      const seen = canonicalLog(logs.get(name) ?? [], idsIn(log));
      expect
        .soft({ name, ...comparable(home as Home, seen) })
        .toEqual({ name, ...expectedLog(home as Home, name, log) });
    }
  });
});

test.each(Object.keys(workflows))("the history of %s replays from every commit", async (name) => {
  const log = readFileSync(join(histories, `${name}.jsonl`), "utf8")
    .trimEnd()
    .split("\n");
  const handler = handlers[name];
  expect(canonicalLog(log)).toEqual(expected[name]);
  if (handler === undefined) throw new Error(`There is no workflow ${name}.`);
  // Every commit of the long one costs the square of its length, and shows nothing new.
  expect(await replayLog(log, handler, { fromEveryCommit: name !== "long" })).toEqual({ matches: true });
});
