/**
 * Everything that an emulator answers: the Lambda API, and around it what belongs to this machine: its health, the
 * console, its clock, and how `sam local` starts an execution.
 */

import type { OneTimeLinks } from "../../console/one-time-links.ts";
import { createConsole } from "../../console/serve-console.ts";
import { present } from "../../engine/model/present.ts";
import type { StartAnswer, StartRequest } from "../../engine/runner/client.ts";
import type { StartLimits } from "../../engine/runner/start.ts";
import { formatExecutionArn } from "../../lambda-compat/arn.ts";
import { ApiError, errorResponse, invalidParameter, toApiError } from "../../lambda-compat/http/api-error.ts";
import { type BodyLimits, readBody, readJson, readShape } from "../../lambda-compat/http/body.ts";
import { createAuthenticate, type Credential, requireRight, type Right } from "../../lambda-compat/http/credentials.ts";
import type { EmulatorClock } from "./emulator-clock.ts";
import type { FetchHandler } from "./http-server.ts";
import { isOfThisMachine } from "./this-machine.ts";
import { answerReplay, LOG_BODY, type Replay, REPLAY_PATH } from "./replay-route.ts";
import { onWallClock } from "./wall-times.ts";

export interface FrontOptions {
  /** The Lambda API. */
  readonly face: FetchHandler;
  /** Starts an execution with limits of its own. */
  readonly start: (request: StartRequest, limits: StartLimits) => Promise<StartAnswer>;
  readonly credentials: readonly Credential[];
  readonly clock: EmulatorClock;
  /** Lets programs of this machine in without a credential, as the bearer of this token; undefined for nobody. */
  readonly openTo: string | undefined;
  /** Told where the function of an execution is, by the execution's name. Answers what takes that back. */
  readonly onEndpoint: (executionName: string, endpoint: string) => () => void;
  /** The links that open the console. */
  readonly links: OneTimeLinks;
  /** Holds a log against the code of today. */
  readonly replay: Replay;
  /** Told of every failure that the caller only sees as `ServiceException`. */
  readonly onError: (error: unknown) => void;
}

interface Route {
  readonly method: string;
  readonly right: Right;
  readonly body: BodyLimits;
  readonly answer: (options: FrontOptions, body: Uint8Array) => Promise<Response>;
}

const BODY: BodyLimits = { bytes: 6 * 1024 * 1024, ms: 30_000 };

const ROUTES: Readonly<Record<string, Route>> = {
  "/start-durable-execution": { method: "POST", right: "start", body: BODY, answer: startExecution },
  "/perdure/time": { method: "POST", right: "admin", body: BODY, answer: skipTime },
  [REPLAY_PATH]: { method: "POST", right: "admin", body: LOG_BODY, answer: replayLog },
};

/** Answers every request, refusals included; it never rejects. */
export function createFront(options: FrontOptions): FetchHandler {
  const authenticate = createAuthenticate(options.credentials);
  const page = createConsole({ links: options.links });
  const own = async (request: Request, route: Route): Promise<Response> => {
    let reading: Promise<Uint8Array<ArrayBuffer>> | undefined;
    const body = (): Promise<Uint8Array<ArrayBuffer>> => (reading ??= readBody(request, route.body));
    const credential = await authenticate({ request, url: new URL(request.url), body }, Date.now());
    if (request.method !== route.method) {
      throw new ApiError("MethodNotAllowedException", 405, `This path takes ${route.method}.`, { Allow: route.method });
    }
    requireRight(credential, route.right);
    return route.answer(options, await body());
  };
  const refuse = (error: unknown): Response => {
    const told = toApiError(error);
    if (told.status === 500) options.onError(error);
    return errorResponse(told);
  };
  return async (received, caller) => {
    const { request, isFunction } = admitted(received, caller, options.openTo);
    const { pathname } = new URL(request.url);
    if (request.method === "GET" && pathname === "/health") return Response.json({ status: "healthy" });
    if (request.method === "GET" && pathname === "/") return toConsole();
    const shown = await page(request);
    if (shown !== undefined) return shown;
    const route = Object.hasOwn(ROUTES, pathname) ? ROUTES[pathname] : undefined;
    if (route !== undefined) return own(request, route).catch(refuse);
    const response = await options.face(request);
    response.headers.set("X-Perdure-Clock", clockText(options.clock));
    const tellsTimes = /\/(checkpoint|state)$/.test(pathname);
    if (!isFunction || !tellsTimes || !options.clock.isShifted) return response;
    return onWallClock(response, (emulated) => options.clock.wallAt(emulated));
  };
}

function toConsole(): Response {
  return new Response(null, { status: 302, headers: { Location: "/console/" } });
}

/**
 * The time of this clock, and the number of its seconds that pass in one. `Date` is the wall's, since requests are
 * signed by that.
 */
function clockText(clock: EmulatorClock): string {
  return `${clock.now()}, ${clock.scale}`;
}

/** `/~<token>/...`: an address that lets in, so that a function keeps its credentials for what it does elsewhere. */
const ADDRESS = /^\/~([\w-]+)(?=\/)/;

interface Admitted {
  readonly request: Request;
  readonly isFunction: boolean;
}

function admitted(request: Request, caller: string | undefined, openTo: string | undefined): Admitted {
  const url = new URL(request.url);
  const [prefix, token] = ADDRESS.exec(url.pathname) ?? [];
  if (prefix !== undefined) {
    url.pathname = url.pathname.slice(prefix.length);
    return { request: bearing(request, url, token ?? ""), isFunction: true };
  }
  const isOpen = openTo !== undefined && isNoPage(request, url) && isOfThisMachine(caller);
  return { request: isOpen ? bearing(request, url, openTo) : request, isFunction: isOpen };
}

/** No page of a browser, whatever name its site has given to this address. */
function isNoPage({ headers }: Request, { hostname }: URL): boolean {
  const isLocal = /^(localhost|127(\.\d+){3}|\[::1\]|host\.(docker|containers)\.internal)$/.test(hostname);
  return isLocal && !headers.has("origin") && !headers.has("sec-fetch-site");
}

function bearing(request: Request, url: URL, token: string): Request {
  const headers = new Headers(request.headers);
  headers.set("authorization", `Bearer ${token}`);
  const { method, body, signal } = request;
  if (body === null) return new Request(url, { method, headers, signal });
  const streamed: RequestInit & { duplex: "half" } = { method, headers, body, signal, duplex: "half" };
  return new Request(url, streamed);
}

const START = {
  FunctionName: "string",
  ExecutionName: "string",
  Input: "string",
  LambdaEndpoint: "string",
  ExecutionTimeoutSeconds: "number",
  ExecutionRetentionPeriodDays: "number",
} as const;

/** As AWS's emulator takes it. */
async function startExecution({ start, onEndpoint }: FrontOptions, body: Uint8Array): Promise<Response> {
  const asked = readShape(readJson(body), START, "Body") ?? {};
  const { FunctionName, ExecutionName, Input, LambdaEndpoint } = asked;
  if (FunctionName === undefined) throw invalidParameter("FunctionName must be given.");
  const { ExecutionTimeoutSeconds: executionTimeoutSeconds, ExecutionRetentionPeriodDays: retentionDays } = asked;
  const request = present({ functionName: FunctionName, name: ExecutionName, input: Input });
  // Before it starts, since its function may be invoked at once.
  const takeBack = ExecutionName && LambdaEndpoint && onEndpoint(ExecutionName, checkedEndpoint(LambdaEndpoint));
  try {
    const { execution } = await start(request, present({ executionTimeoutSeconds, retentionDays }));
    return Response.json({ ExecutionArn: formatExecutionArn(execution) }, { status: 201 });
  } catch (error) {
    if (takeBack) takeBack();
    throw error;
  }
}

const LONGEST_ENDPOINT = 2048;

function checkedEndpoint(text: string): string {
  if (text.length <= LONGEST_ENDPOINT && /^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw invalidParameter(`LambdaEndpoint must be the address of a host, of at most ${LONGEST_ENDPOINT} characters.`);
}

/** The end of the year 8999, ms since the epoch: what is counted from there, such as a retention, is still a date. */
const LAST_TIME = 221_845_391_999_999;

/** Puts the clock forward, by nothing to be told the time. */
async function skipTime({ clock }: FrontOptions, body: Uint8Array): Promise<Response> {
  const { SkipMs = 0 } = readShape(readJson(body), { SkipMs: "number" }, "Body") ?? {};
  if (!Number.isSafeInteger(SkipMs) || SkipMs < 0) throw invalidParameter("SkipMs must be a whole number from 0 on.");
  if (clock.now() + SkipMs > LAST_TIME) throw invalidParameter("SkipMs must end before the year 9000.");
  if (SkipMs > 0) clock.skip(SkipMs);
  return Response.json({ Now: clock.now() / 1000, AheadMs: clock.aheadMs });
}

function replayLog({ replay }: FrontOptions, body: Uint8Array): Promise<Response> {
  return answerReplay(replay, body);
}
