/** An emulator with as many executions as a busy year leaves behind, an order that is stuck among them, and the console. */

import { mkdirSync, readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { SqliteStore } from "../../src/adapters/sqlite/sqlite-store.ts";
import { Emulator, PERDURE, Project } from "../cli/emulator.ts";
import { type ConsoleFront, openConsoleFront } from "./console-world.ts";

const DAY_MS = 86_400_000;

/** `country` is what the code makes of an address without one. */
export function orderCode(country: string): string {
  return `
import { appendFileSync } from "node:fs";
import { withDurableExecution } from ${PERDURE};

export const handler = withDurableExecution(async (order: { items: number; country?: string }, context) => {
  const total = await context.step("price order", async ({ logger }) => {
    logger.info("priced", { items: order.items });
    return { items: order.items, total: 12 * order.items };
  });
  await context.step("charge card", async () => {
    appendFileSync("charged.txt", context.executionContext.durableExecutionArn + "\\n");
    return { charged: total.total };
  });
  const label = await context.step(
    "print label",
    async ({ logger }) => {
      logger.info("printing a label");
      const country: string | undefined = ${country};
      return { label: country.toUpperCase() + "-" + order.items };
    },
    { retryStrategy: (_error, attempt) => ({ shouldRetry: attempt < 5, delay: { seconds: attempt < 3 ? 1 : 3600 } }) },
  );
  if (order.items > 90) await context.waitForCallback("hand over to the carrier", async () => undefined);
  return label;
});
`;
}

export const BROKEN = "order.country as string";
export const MENDED = 'order.country ?? "nl"';

export interface Past {
  /** How many executions there have been. */
  readonly executions: number;
  /** How many operations one more has, `LONG_ORDER`; none without them. */
  readonly operations?: number;
  /** What is in `order.ts`; without it the code whose labels fail. */
  readonly code?: string;
}

export const LONG_ORDER = "long-order";

export class EmulatorWorld implements AsyncDisposable {
  readonly project: Project = new Project();
  #emulator: Emulator | undefined;
  #front: ConsoleFront | undefined;
  #token = "";

  /** All that it is opened with has ended before it starts. */
  static async open(past: Past): Promise<EmulatorWorld> {
    const world = new EmulatorWorld();
    world.project.write("order.ts", past.code ?? orderCode(BROKEN));
    seed(world.project.path(".perdure"), past);
    world.#emulator = await Emulator.start(world.project, ["./order.ts"]);
    const { bearer } = JSON.parse(readFileSync(world.project.path(".perdure/credential.json"), "utf8")) as {
      bearer: string;
    };
    world.#token = bearer;
    world.#front = await openConsoleFront({ url: world.#emulator.url, token: bearer });
    return world;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#front?.[Symbol.asyncDispose]();
    await this.#emulator?.end("SIGTERM");
    this.project.remove();
  }

  link(): string {
    return this.#front?.link() ?? "";
  }

  /** Starts an order, and does not wait for it. */
  async order(name: string, event: object, tags: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.#call(`/2015-03-31/functions/order/invocations`, {
      method: "POST",
      headers: {
        "X-Amz-Invocation-Type": "Event",
        "X-Amz-Durable-Execution-Name": name,
        "X-Perdure-Tags": new URLSearchParams(tags).toString(),
      },
      body: JSON.stringify(event),
    });
  }

  async describe(name: string): Promise<Readonly<Record<string, unknown>>> {
    const query = new URLSearchParams({ DurableExecutionName: name });
    const list = await this.#call(`/2025-12-01/functions/order/durable-executions?${query}`);
    const [row] = ((await list.json()) as { DurableExecutions: { DurableExecutionArn: string }[] }).DurableExecutions;
    if (row === undefined) throw new Error(`There is no order ${name}.`);
    const arn = encodeURIComponent(row.DurableExecutionArn);
    return (await (await this.#call(`/2025-12-01/durable-executions/${arn}`)).json()) as Record<string, unknown>;
  }

  deploy(country: string): Promise<void> {
    return this.save(orderCode(country));
  }

  /** Deploys other code, as saving the file does. */
  async save(code: string): Promise<void> {
    this.project.write("order.ts", code);
    await this.#emulator?.says("order.ts has changed");
  }

  /** Puts the emulator's clock forward, in ms. */
  async skip(ms: number): Promise<void> {
    await this.#call("/perdure/time", { method: "POST", body: JSON.stringify({ SkipMs: ms }) });
  }

  async #call(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...init.headers, Authorization: `Bearer ${this.#token}` };
    const answer = await fetch(`${this.#emulator?.url}${path}`, { ...init, headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}

/** In one transaction, since what is tested is how they are found and not how they got there. */
function seed(folder: string, { executions, operations = 0 }: Past): void {
  mkdirSync(folder, { recursive: true });
  const path = `${folder}/executions.db`;
  new SqliteStore(path).close();
  const database = new DatabaseSync(path);
  const row = database.prepare("INSERT INTO executions VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const commit = database.prepare("INSERT INTO commits VALUES (?, ?, ?, ?)");
  const tag = database.prepare("INSERT INTO tags VALUES (?, ?, ?, ?)");
  database.exec("BEGIN");
  const long = operations === 0 ? [] : [longOrder(operations)];
  const orders = Array.from({ length: executions }, (_, at) => endedOrder(at, executions));
  for (const ended of [...orders, ...long]) {
    const { id, incarnation, functionName, name, status, startedAt, expiresAt, tags } = ended.row;
    row.run(id, incarnation, functionName, name, status, startedAt, expiresAt, JSON.stringify(ended.row));
    ended.log.forEach((body, index) => commit.run(id, incarnation, index + 1, JSON.stringify(JSON.stringify(body))));
    for (const [key, value] of Object.entries(tags)) tag.run(key, value, startedAt, id);
  }
  database.exec("COMMIT");
  database.close();
}

function endedOrder(at: number, executions: number) {
  const startedAt = Date.now() - DAY_MS + Math.floor((at / executions) * (DAY_MS - 60_000));
  const name = `order-${String(at).padStart(6, "0")}`;
  const incarnation = String(at).padStart(32, "0");
  const hasFailed = at % 50 === 0;
  const tags = { customer: `c-${at % 9_000}`, region: at % 2 === 0 ? "eu" : "us" };
  const started = {
    kind: "EXECUTION_STARTED",
    name,
    incarnation,
    functionName: "order",
    version: "$LATEST",
    retentionDays: 14,
  };
  const end = hasFailed
    ? { kind: "EXECUTION_FAILED", error: { errorType: "CardError", errorMessage: "The card was refused." } }
    : { kind: "EXECUTION_SUCCEEDED", result: '{"label":"NL-2"}' };
  const step = {
    kind: "SUCCEEDED",
    id: "1",
    type: "STEP",
    name: "price order",
    subType: "Step",
    result: '{"items":2,"total":24}',
  };
  return {
    row: {
      ...{ id: `order/${name}`, functionName: "order", name, version: "$LATEST", incarnation, seq: 2, tags },
      status: hasFailed ? "FAILED" : "SUCCEEDED",
      ...{ startedAt, endedAt: startedAt + 40, expiresAt: startedAt + 14 * DAY_MS },
    },
    log: [
      { v: 3, writer: "seed.1", at: startedAt, facts: [{ ...started, input: '{"items":2,"country":"nl"}', tags }] },
      { v: 3, writer: "seed.2", owner: "i-1", at: startedAt + 40, facts: [step, end] },
    ],
  };
}

const COMMIT_OPERATIONS = 10;

/** Steps in a row. */
function longOrder(operations: number): ReturnType<typeof endedOrder> {
  const { row, log } = endedOrder(1, 2);
  const [started, ended] = log;
  const incarnation = "f".repeat(32);
  const steps = Array.from({ length: operations }, (_, at) => ({
    ...{ kind: "SUCCEEDED", id: `${at + 1}`, type: "STEP", name: `step ${at + 1}`, subType: "Step", result: `${at}` },
  }));
  const commits = Array.from({ length: Math.ceil(operations / COMMIT_OPERATIONS) }, (_, at) => ({
    ...{ v: 3, writer: `seed.${at + 2}`, owner: "i-1", at: row.startedAt + 10 * at + 10 },
    facts: steps.slice(at * COMMIT_OPERATIONS, (at + 1) * COMMIT_OPERATIONS),
  }));
  const first = { ...started, facts: started?.facts.map((fact) => ({ ...fact, name: LONG_ORDER, incarnation })) ?? [] };
  const last = { ...ended, at: row.startedAt + 10 * commits.length + 20, facts: ended?.facts.slice(1) ?? [] };
  const whole = [first, ...commits, { ...last, writer: `seed.${commits.length + 2}` }];
  return {
    row: {
      ...row,
      id: `order/${LONG_ORDER}`,
      name: LONG_ORDER,
      incarnation,
      seq: whole.length,
      tags: { customer: "c-0", region: "eu" },
    },
    log: whole as typeof log,
  };
}
