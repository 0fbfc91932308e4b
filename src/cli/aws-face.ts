/** AWS's own service for the console's page: its calls by AWS's client, which signs them, and a refusal for all others. */

import type { FetchHandler } from "../homes/local/http-server.ts";
import type { Api } from "./api/api.ts";
import { type Input, type Operation, timeOf } from "./api/operations.ts";
import { refused } from "./console-proxy.ts";

interface Route {
  readonly method: "GET" | "POST";
  readonly path: RegExp;
  readonly operation: Operation;
  /** The member that stands in the path, if one does. */
  readonly label?: string;
  /** The member that is the body, if it has one. */
  readonly body?: "Error" | "Result";
}

const EXECUTION = "2025-12-01/durable-executions/([^/]+)";
const CALLBACK = "2025-12-01/durable-execution-callbacks/([^/]+)";
const ARN = "DurableExecutionArn";

const ROUTES: readonly Route[] = [
  route("GET", "2015-03-31/functions/?", { operation: "ListFunctions" }),
  route("GET", "2025-12-01/functions/([^/]+)/durable-executions", {
    operation: "ListDurableExecutionsByFunction",
    label: "FunctionName",
  }),
  route("GET", EXECUTION, { operation: "GetDurableExecution", label: ARN }),
  route("GET", `${EXECUTION}/history`, { operation: "GetDurableExecutionHistory", label: ARN }),
  route("POST", `${EXECUTION}/stop`, { operation: "StopDurableExecution", label: ARN, body: "Error" }),
  route("POST", `${CALLBACK}/succeed`, {
    ...{ operation: "SendDurableExecutionCallbackSuccess", label: "CallbackId", body: "Result" },
  }),
  route("POST", `${CALLBACK}/fail`, {
    ...{ operation: "SendDurableExecutionCallbackFailure", label: "CallbackId", body: "Error" },
  }),
  route("POST", `${CALLBACK}/heartbeat`, { operation: "SendDurableExecutionCallbackHeartbeat", label: "CallbackId" }),
];

function route(method: Route["method"], path: string, rest: Omit<Route, "method" | "path">): Route {
  return { method, path: new RegExp(`^/${path}$`), ...rest };
}

export function createAwsFace(api: Api): FetchHandler {
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const found = ROUTES.find(({ method, path }) => method === request.method && path.test(pathname));
    if (found === undefined) return refused(404, "UnknownOperationException", "AWS's own service has no such call.");
    const [, label] = found.path.exec(pathname) ?? [];
    const input = {
      ...queryInput(searchParams),
      ...labelInput(found, label),
      ...bodyInput(found, await request.text()),
    };
    try {
      return new Response(wireText(await api.call(found.operation, input)), {
        headers: { "Content-Type": "application/json" },
      });
    } catch (error) {
      return refusalOf(error);
    }
  };
}

const DATES: readonly string[] = ["StartedAfter", "StartedBefore"];

/** As AWS's client wants the members: numbers, lists and dates. */
function queryInput(query: URLSearchParams): Input {
  const members = [...new Set(query.keys())].map((name) => {
    const [value = ""] = query.getAll(name);
    if (name === "Statuses") return [name, query.getAll(name)];
    if (name === "MaxItems") return [name, Number(value)];
    if (DATES.includes(name)) return [name, new Date(value)];
    return [name, value === "true" || value === "false" ? value === "true" : value];
  });
  return Object.fromEntries(members) as Input;
}

function labelInput({ label }: Route, value: string | undefined): Input {
  return label === undefined || value === undefined ? {} : { [label]: decodeURIComponent(value) };
}

function bodyInput({ body }: Route, text: string): Input {
  if (body === undefined || text === "") return {};
  return { [body]: body === "Error" ? (JSON.parse(text) as Input[string]) : text };
}

/** The REST API's JSON of what AWS's client made of it: times are seconds since the epoch. */
function wireText(answer: object): string {
  return JSON.stringify(answer, function (this: Readonly<Record<string, unknown>>, key, value: unknown) {
    const original = this[key];
    if (key === "$metadata") return undefined;
    return original instanceof Date ? timeOf(original) / 1000 : value;
  });
}

/** Of a command's failure its text begins with the name of AWS's error. */
function refusalOf(error: unknown): Response {
  const message = error instanceof Error ? error.message : String(error);
  const [, type = "ServiceException", rest = message] = /^(\w+): (.*)$/s.exec(message) ?? [];
  if (/NotFound/.test(type)) return refused(404, type, rest);
  if (/TooManyRequests|Throttl/.test(type)) return refused(429, type, rest);
  return refused(/AccessDenied|Unrecognized|Expired|Credentials/.test(type) ? 403 : 400, type, rest);
}
