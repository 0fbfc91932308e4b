import { DurableObject } from "cloudflare:workers";
import type { Answer } from "../../../src/adapters/durable-objects/answer.ts";
import { Bindings } from "../../../src/homes/cloudflare/bindings.ts";
import { ExecutionCell } from "../../../src/homes/cloudflare/execution-cell.ts";
import type { ExecutionObjectRpc, LinesOf } from "../../../src/homes/cloudflare/object-lines.ts";
import type { CallArguments, CallResult, ExecutionCall } from "../../../src/adapters/durable-objects/execution-rpc.ts";
import { formatExecutionArn } from "../../../src/lambda-compat/arn.ts";
import type { LogPage, LogPageQuery } from "../../../src/lambda-compat/http/log-source.ts";
import { readFunctions } from "../../../src/lambda-compat/functions.ts";
import { functions } from "./functions.ts";

/** How the bindings of the objects that crash are called. */
export const chaosBindings = { executions: "CHAOS" };

/** When an object dies: as it is about to write a commit, with the commit written but lost, or with the commit durable. */
export type Moment = "before" | "lost" | "durable";

export interface Crash {
  readonly seq: number;
  readonly moment: Moment;
}

/** The crash that is still to come, by execution. */
export const crashes = new Map<string, Crash>();

/** What executions have written, by id: calls of each kind. */
export const writes = new Map<string, Record<"commits" | "alarms" | "records", number>>();

const PLACES_PER_COMMIT = 4_096;

/** An execution object that counts what it writes, and dies once, when it writes the commit that was chosen. */
export class ChaosExecution extends DurableObject implements ExecutionObjectRpc {
  readonly #cell: ExecutionCell = new ExecutionCell(dying(this.ctx), new Bindings(this.env, chaosBindings), {
    functions: readFunctions(functions),
    shards: 3,
    arnOf: (header) => formatExecutionArn(header),
    onError: () => {},
  });

  call<Call extends ExecutionCall>(call: Call, args: CallArguments<Call>): Promise<Answer<CallResult<Call>>> {
    return this.#cell.call(call, args);
  }

  watch(executionId: string, cursor: number): Promise<ReadableStream<Uint8Array>> {
    return this.#cell.watch(executionId, cursor);
  }

  lines(execution: LinesOf, query: LogPageQuery): Promise<LogPage> {
    return this.#cell.lines(execution, query);
  }

  override alarm(info?: AlarmInvocationInfo): Promise<void> {
    return this.#cell.alarm(info);
  }
}

function dying(state: DurableObjectState): DurableObjectState {
  const executionId = state.id.name ?? "";
  const { storage } = state;
  const { sql, kv } = storage;
  const count = writes.get(executionId) ?? { commits: 0, alarms: 0, records: 0 };
  writes.set(executionId, count);
  const dyingSql = replacing(sql, {
    exec: (query: string, ...values: unknown[]) => {
      if (!query.startsWith("INSERT")) return sql.exec(query, ...values);
      const crash = planned(executionId, values[0]);
      if (crash?.moment === "before") state.abort("before a commit");
      const cursor = sql.exec(query, ...values);
      count.commits += cursor.rowsWritten;
      if (crash?.moment === "lost") state.abort("with a commit lost");
      if (crash?.moment === "durable") void storage.sync().then(() => state.abort("after a commit"));
      return cursor;
    },
  });
  const countingStorage = replacing(storage, {
    sql: dyingSql,
    kv: replacing(kv, {
      put: (key: string, value: unknown) => {
        count.records++;
        kv.put(key, value);
      },
    }),
    setAlarm: (at: number) => {
      count.alarms++;
      return storage.setAlarm(at);
    },
    deleteAlarm: () => {
      count.alarms++;
      return storage.deleteAlarm();
    },
  });
  return replacing(state, { storage: countingStorage });
}

function planned(executionId: string, place: unknown): Crash | undefined {
  const crash = crashes.get(executionId);
  if (crash === undefined || Number(place) !== crash.seq * PLACES_PER_COMMIT) return undefined;
  crashes.delete(executionId);
  return crash;
}

/** `target` with some members replaced; its own methods keep their `this`. */
function replacing<T extends object>(target: T, members: object): T {
  return new Proxy(target, {
    get(_, name) {
      if (name in members) return Reflect.get(members, name);
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
