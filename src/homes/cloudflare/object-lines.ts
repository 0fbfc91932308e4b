/**
 * The lines that an execution logs, in the memory of its object: they cost no row and no commit, and are gone when the
 * object is. All of them are in Workers Logs.
 */

import type { ExecutionRpc } from "../../adapters/durable-objects/execution-rpc.ts";
import type { ObjectNamespace } from "../../adapters/durable-objects/object-namespace.ts";
import { reach } from "../../adapters/durable-objects/reach.ts";
import type { ExecutionHeader } from "../../engine/model/execution.ts";
import { KeptLogs } from "../../lambda-compat/http/kept-logs.ts";
import type { LogPage, LogPageQuery, LogSource } from "../../lambda-compat/http/log-source.ts";

/** The execution whose lines are asked for. */
export type LinesOf = Pick<ExecutionHeader, "id" | "incarnation">;

/** The RPC methods of an execution's object for its Worker. */
export interface ExecutionObjectRpc extends ExecutionRpc {
  /** The lines that it has in memory. */
  lines(execution: LinesOf, query: LogPageQuery): Promise<LogPage>;
}

/** Many objects share the memory of one isolate. */
const CHARACTERS = 64 * 1024;
const ELSEWHERE = { service: "Workers Logs (wrangler tail)" };

/**
 * For the object that has come up at `now`, ms since the epoch. A later one counts on from a higher number than any of
 * this one: no object writes a line each microsecond.
 */
export function objectLogs(now: number): KeptLogs {
  return new KeptLogs({
    characters: CHARACTERS,
    firstNumber: now * 1000,
    keptMs: Number.POSITIVE_INFINITY,
  });
}

/** Asks the object of each execution. */
export function linesOfObjects(executions: ObjectNamespace<ExecutionObjectRpc>): LogSource {
  return {
    async lines({ id, incarnation }, query) {
      const ask = (): Promise<LogPage> => executions.get(executions.idFromName(id)).lines({ id, incarnation }, query);
      return { ...(await reach(ask, true)), elsewhere: ELSEWHERE };
    },
  };
}
