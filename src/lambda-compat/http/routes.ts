/** Lambda's paths, methods and limits, and the right that each call takes. */

import type { Call, Face } from "./call.ts";
import type { Right } from "./credentials.ts";
import {
  getExecution,
  listExecutions,
  resumeExecution,
  searchExecutions,
  stopExecution,
  watchExecution,
} from "./executions.ts";
import { listFunctions } from "./functions.ts";
import { invoke } from "./invoke.ts";
import { getLogs } from "./logs.ts";
import type * as operating from "./operate.ts";
import { checkpoint, failCallback, getState, heartbeatCallback, succeedCallback } from "./reports.ts";

export interface Route {
  readonly method: string;
  /** Its one group, if it has one, is the label; it is matched against the decoded path. */
  readonly path: RegExp;
  readonly right: Right;
  readonly answer: (face: Face, call: Call) => Promise<Response>;
  /** MiB of body. */
  readonly limit: number;
}

const EXECUTION = "2025-12-01/durable-executions/(.+)";
const CALLBACK = "2025-12-01/durable-execution-callbacks/(.+)";

/**
 * The first path that matches counts, so what ends in a word comes before what does not. Several methods of one path
 * follow on each other.
 */
export const ROUTES: readonly Route[] = [
  // An event, as large as Lambda takes it.
  post("2015-03-31/functions/(.+)/invocations", "start", invoke, 6),
  get("2015-03-31/functions/?", "read", listFunctions),
  get("2025-12-01/functions/(.+)/durable-executions", "read", listExecutions),
  get("2025-12-01/durable-executions/?", "read", searchExecutions),
  post(
    "2025-12-01/durable-executions/(stop|resume|pause|purge)",
    "admin",
    lazily(() => import("./bulk.ts"), "actOnMany"),
  ),
  // Escaped as JSON, one payload of the largest size may take twice its length, and others come with it.
  post(`${EXECUTION}/checkpoint`, "checkpoint", checkpoint, 16),
  get(`${EXECUTION}/state`, "checkpoint", getState),
  get(
    `${EXECUTION}/history`,
    "read",
    lazily(() => import("./history.ts"), "getHistory"),
  ),
  get(
    `${EXECUTION}/open-operations`,
    "read",
    lazily(() => import("./open-operations.ts"), "getOpenOperations"),
  ),
  get(`${EXECUTION}/events`, "read", watchExecution),
  get(`${EXECUTION}/logs`, "read", getLogs),
  post(`${EXECUTION}/stop`, "admin", stopExecution),
  post(`${EXECUTION}/resume`, "admin", resumeExecution),
  post(`${EXECUTION}/pause`, "admin", operate("pauseExecution")),
  post(`${EXECUTION}/rewind`, "admin", operate("rewindExecution")),
  post(`${EXECUTION}/fork`, "admin", operate("forkExecution")),
  get(EXECUTION, "read", getExecution),
  { ...get(EXECUTION, "admin", operate("purgeExecution")), method: "DELETE" },
  post(`${CALLBACK}/succeed`, "callback", succeedCallback),
  post(`${CALLBACK}/fail`, "callback", failCallback),
  post(`${CALLBACK}/heartbeat`, "callback", heartbeatCallback),
];

function get(path: string, right: Right, answer: Route["answer"]): Route {
  return { method: "GET", path: new RegExp(`^/${path}$`), right, answer, limit: 0 };
}

// oxlint-disable-next-line max-params
function post(path: string, right: Right, answer: Route["answer"], limit = 1): Route {
  return { ...get(path, right, answer), method: "POST", limit };
}

type Answers<Name extends string> = { readonly [Each in Name]: Route["answer"] };

/** An answer whose module is loaded when it is asked for: nothing that runs an execution needs it. */
function lazily<Name extends string>(load: () => Promise<Answers<Name>>, name: Name): Route["answer"] {
  return async (face, call) => (await load())[name](face, call);
}

function operate(name: keyof typeof operating): Route["answer"] {
  return lazily(() => import("./operate.ts"), name);
}
