/**
 * The Worker of the benchmark in Durable Objects: executions of a thousand steps, and beside them an object that does
 * what each step cannot do without, one row made durable.
 */

import { DurableObject, env } from "cloudflare:workers";
import { createWorker } from "../../src/homes/cloudflare/index.ts";
import { withDurableExecution } from "../../src/lambda-compat/index.ts";

interface Bindings {
  readonly EXECUTIONS: DurableObjectNamespace<Execution>;
  readonly RAW: DurableObjectNamespace<Raw>;
  readonly SINK: DurableObjectNamespace<Sink>;
}

const bindings = env as unknown as Bindings;

/** Receives the calls that leave an object. */
export class Sink extends DurableObject {
  accept(value: number): number {
    return value;
  }
}

/** What a step would cost if nothing but its record had to be written. */
export class Raw extends DurableObject {
  /** About the size of a step's commit. */
  readonly #body = "x".repeat(240);

  async writes(count: number): Promise<void> {
    const { sql } = this.ctx.storage;
    sql.exec("CREATE TABLE IF NOT EXISTS raw (place INTEGER PRIMARY KEY, body NOT NULL)");
    for (let written = 0; written < count; written++) {
      sql.exec("INSERT INTO raw (body) VALUES (?)", this.#body);
      await this.ctx.storage.sync();
    }
  }

  async writesAndCalls(count: number): Promise<void> {
    const { sql } = this.ctx.storage;
    sql.exec("CREATE TABLE IF NOT EXISTS raw (place INTEGER PRIMARY KEY, body NOT NULL)");
    for (let written = 0; written < count; written++) {
      await sink().accept(written);
      sql.exec("INSERT INTO raw (body) VALUES (?)", this.#body);
    }
    await this.ctx.storage.sync();
  }
}

const steps = withDurableExecution(async (count: number, context) => {
  for (let done = 0; done < count; done++) await context.step("step", async () => done);
});

const calls = withDurableExecution(async (count: number, context) => {
  for (let done = 0; done < count; done++) await context.step("call", () => sink().accept(done));
});

const app = createWorker({ functions: { steps, calls } });

export const Directory = app.Directory;

/** Counts the rows that its storage is billed for. */
export class Execution extends app.Execution {
  #rows = 0;

  constructor(state: DurableObjectState, environment: unknown) {
    super(state, environment);
    this.#count(state.storage);
  }

  rowsWritten(): number {
    return this.#rows;
  }

  #count(storage: DurableObjectStorage): void {
    const { sql, kv } = storage;
    const exec = sql.exec.bind(sql);
    replace(sql, "exec", (query: string, ...values: unknown[]) => {
      const cursor = exec(query, ...values);
      // A cursor that is still to be read counts when it has been: only writes matter here, and those are done.
      this.#rows += cursor.rowsWritten;
      return cursor;
    });
    const put = kv.put.bind(kv);
    replace(kv, "put", (key: string, value: unknown) => {
      this.#rows++;
      put(key, value);
    });
    for (const call of ["setAlarm", "deleteAlarm"] as const) {
      const move = storage[call].bind(storage) as (...values: unknown[]) => Promise<void>;
      replace(storage, call, (...values: unknown[]) => {
        this.#rows++;
        return move(...values);
      });
    }
  }
}

function replace(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value });
}

function sink(): DurableObjectStub<Sink> {
  return bindings.SINK.get(bindings.SINK.idFromName("sink"));
}

/** Runs one execution to its end; answers the rows that its object has written. */
async function execute(functionName: string, name: string, count: number): Promise<number> {
  const client = app.client(env);
  const { execution } = await client.start({ functionName, name, input: JSON.stringify(count) });
  const { status } = await client.settled(execution.id, Date.now() + 120_000);
  if (status !== "SUCCEEDED") throw new Error(`the execution is ${status}`);
  return bindings.EXECUTIONS.get(bindings.EXECUTIONS.idFromName(execution.id)).rowsWritten();
}

async function measure(url: URL): Promise<number> {
  const name = url.searchParams.get("name") ?? "";
  const count = Number(url.searchParams.get("count"));
  const raw = bindings.RAW.get(bindings.RAW.idFromName(name));
  switch (url.pathname) {
    case "/raw":
      await raw.writes(count);
      return count;
    case "/raw-calls":
      await raw.writesAndCalls(count);
      return count;
    case "/steps":
      return execute("steps", name, count);
    case "/calls":
      return execute("calls", name, count);
    default:
      throw new Error(`there is no ${url.pathname}`);
  }
}

export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json({ rows: await measure(new URL(request.url)) });
  },
};
