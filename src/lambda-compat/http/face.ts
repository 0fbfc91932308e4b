/**
 * The Lambda REST API as one fetch handler over an `ExecutionClient`: AWS's SDKs and CLI work with it as an endpoint.
 * Web standards only, so it runs wherever there is `fetch`. Order of things: who is it, is there such a call, may
 * they, and only then what do they want. Nothing of a request, a secret or an inner error gets into an answer.
 */

import type { ExecutionClient } from "../../engine/runner/client.ts";
import { type ArnScope, LOCAL_SCOPE } from "../arn.ts";
import { ApiError, errorResponse, toApiError } from "./api-error.ts";
import { readBody } from "./body.ts";
import type { Face } from "./call.ts";
import {
  type Authenticate,
  createAuthenticate,
  type Credential,
  hasRight,
  requireRight,
  type Right,
} from "./credentials.ts";
import { checkParts, tellConsole } from "./face-options.ts";
import { HostLimits, type HttpLimits } from "./limits.ts";
import type { LogSource } from "./log-source.ts";
import { type Route, ROUTES } from "./routes.ts";

/** The options of the HTTP face; each member has a default. */
export interface HttpFaceOptions {
  /** The beginning of the ARNs in answers; `arn:perdure:lambda:local:000000000000` by default. */
  readonly arn?: Partial<ArnScope>;
  /** The prefix of every path, such as `/durable`, where the face is not at the root of its host; empty by default. */
  readonly basePath?: string;
  /**
   * The host name that clients sign, with its port if that is not the usual one, where a proxy rewrites the header
   * `Host`; a list if the host has several names. AWS's clients sign that header. The header's value by default.
   */
  readonly signedHost?: string | readonly string[];
  /** Origins whose pages may call, such as `https://app.example.com`; `*` for all. None by default. */
  readonly allowedOrigins?: readonly string[];
  /** The longest silence of an event stream before a comment is sent, in ms; 15,000 by default. */
  readonly heartbeatMs?: number;
  /** The load that this host accepts at a time. */
  readonly limits?: HttpLimits;
  /** The clock for signatures, waits and limits, ms since the epoch; `Date.now` by default. */
  readonly now?: () => number;
  /** Told of every failure that the caller only sees as `ServiceException`; by default each is a line of `console.error`. */
  readonly onError?: (error: unknown) => void;
}

/** The parts of an HTTP face. */
export interface HttpFaceParts {
  /** The host's client, which all calls go to. */
  readonly client: ExecutionClient;
  /** The credentials of callers; without any, every call is answered with 401. */
  readonly credentials: readonly Credential[];
  /** The source of the lines that handlers wrote, such as a `KeptLogs`; without it the face has no lines to show. */
  readonly logs?: LogSource;
  /** The options; the defaults when absent. */
  readonly options?: HttpFaceOptions;
}

/**
 * Answers every request, refusals included; it never rejects.
 *
 * @throws {InvalidArgumentError} INVALID_ARGUMENT for an option that there is not, or of another form.
 * @throws {TypeError} for a credential with an empty secret, with a hash that is none, or with rights that are no list of
 * known ones.
 *
 * @example
 * ```ts
 * import { createHttpFace } from "perdure/http";
 * import { createMemoryHost } from "perdure/memory";
 *
 * const { client } = createMemoryHost({ functions: { order } });
 * const face = createHttpFace({
 *   client,
 *   credentials: [{ id: "web", rights: ["start", "read"], bearer: process.env.PERDURE_TOKEN }],
 * });
 * const response = await face(request);
 * ```
 */
export function createHttpFace(parts: HttpFaceParts): (request: Request) => Promise<Response> {
  checkParts(parts);
  const { client, credentials, logs, options = {} } = parts;
  const { allowedOrigins = [], heartbeatMs = 15_000, now = Date.now, onError = tellConsole } = options;
  const { basePath = "" } = options;
  const signedHosts = options.signedHost === undefined ? undefined : [options.signedHost].flat();
  const limits = new HostLimits(options.limits ?? {}, now);
  const scope = { ...LOCAL_SCOPE, ...options.arn };
  const face: Face = { client, logs, scope, basePath, signedHosts, heartbeatMs, limits, now, onError };
  const authenticate = createAuthenticate(credentials);
  const refuse = (error: unknown): Response => {
    const told = toApiError(error);
    if (told.status === 500) onError(error);
    return errorResponse(told);
  };
  return async (request) => {
    const origin = allowedOrigin(request, allowedOrigins);
    const response =
      origin !== undefined && request.method === "OPTIONS"
        ? new Response(null, { status: 204 })
        : await answer(face, authenticate, request).catch(refuse);
    return completed(response, now(), crossOrigin(request, origin));
  };
}

/** A 500 for every request, from a host that is not set up or cannot be reached; the message is for anybody to read. */
export function unavailable(message: string): Response {
  return completed(errorResponse(new ApiError("ServiceException", 500, message)), Date.now());
}

/** A 400 for what a platform hands over as a request and `fetch` has no form for. */
export function unreadable(): Response {
  const message = "The method, the host or a header of the request is none.";
  return completed(errorResponse(new ApiError("InvalidRequestContentException", 400, message)), Date.now());
}

/** With the headers that every answer has. */
function completed(
  response: Response,
  now: number,
  crossOriginHeaders: Readonly<Record<string, string>> = {},
): Response {
  const headers = {
    ...ALWAYS,
    "x-amzn-RequestId": crypto.randomUUID(),
    // By which AWS's clients find that their clocks are wrong, and sign anew.
    Date: new Date(now).toUTCString(),
    ...crossOriginHeaders,
  };
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

const ALWAYS = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", Vary: "Origin" };

async function answer(face: Face, authenticate: Authenticate, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const path = decoded(within(face.basePath, url.pathname));
  const route = routeOf(path, request.method);
  const { method, limit = 1, right = "admin" } = route ?? {};
  let reading: Promise<Uint8Array<ArrayBuffer>> | undefined;
  const bounds = { bytes: Math.min(limit * 1024 * 1024, face.limits.bodyBytes), ms: face.limits.bodyMs };
  const body = (): Promise<Uint8Array<ArrayBuffer>> => (reading ??= readBody(request, bounds));
  const credential = await authenticate({ request, url, body, hosts: face.signedHosts }, face.now());
  if (!route) throw new ApiError("UnknownOperationException", 404, "There is no such path.");
  if (method !== request.method) {
    const methods = methodsOf(route);
    throw new ApiError("MethodNotAllowedException", 405, `This path takes ${methods}.`, { Allow: methods });
  }
  requireRight(credential, right);
  const [, label = ""] = route.path.exec(path) ?? [];
  const may = (other: Right): boolean => hasRight(credential, other);
  const { headers, signal } = request;
  return route.answer(face, { may, headers, query: url.searchParams, label, body: await body(), signal });
}

/** Behind the base path; empty, which no route is, for a path that is not there. */
function within(basePath: string, path: string): string {
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : "";
}

/** With this method if the path takes it. */
function routeOf(path: string, method: string): Route | undefined {
  const route = ROUTES.find((candidate) => candidate.path.test(path));
  const sameWay = ({ path: { source }, method: other }: Route): boolean =>
    source === route?.path.source && other === method;
  return ROUTES.find(sameWay) ?? route;
}

function methodsOf({ path }: Route): string {
  return ROUTES.filter((each) => each.path.source === path.source)
    .map(({ method }) => method)
    .join(", ");
}

/** Once: what is still encoded afterwards was meant to be. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return "";
  }
}

function allowedOrigin({ headers }: Request, origins: readonly string[]): string | undefined {
  return [headers.get("origin") ?? ""].find((origin) => origin && (origins.includes(origin) || origins.includes("*")));
}

/** Credentials travel in a header, not in cookies, so the answer may be read by whoever was let ask. */
function crossOrigin({ headers }: Request, origin: string | undefined): Readonly<Record<string, string>> {
  if (origin === undefined) return {};
  return {
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": headers.get("access-control-request-headers") ?? "",
    "Access-Control-Expose-Headers": "*",
    "Access-Control-Max-Age": "7200",
  };
}
