/** The Lambda REST API as a function behind a Function URL or an HTTP API. Nothing runs in it: it writes, and wakes. */

import { AsyncLocalStorage } from "node:async_hooks";
import type { ExecutionClient } from "../../engine/runner/client.ts";
import { type Credential, parseCredentials } from "../../lambda-compat/http/credentials.ts";
import { createHttpFace, type HttpFaceOptions, unavailable, unreadable } from "../../lambda-compat/http/face.ts";
import type { LogSource } from "../../lambda-compat/http/log-source.ts";
import type { OnError } from "../options/on-error.ts";
import { encodedPath, requestOf } from "./http-request.ts";
import type { HttpEvent, HttpResult, LambdaCallContext } from "./lambda-events.ts";
import { type StreamedHandler, streamed } from "./response-stream.ts";
import type { Patience } from "./waking-client.ts";

/** The credentials of callers: a list, or a function that reads a list, or its JSON text, when it is needed first. */
export type CredentialSource = readonly Credential[] | (() => Promise<readonly Credential[] | string>);

export interface HttpParts {
  readonly client: ExecutionClient;
  readonly credentials: CredentialSource;
  readonly logs: LogSource | undefined;
  readonly face: HttpFaceOptions;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onError: OnError;
}

/** Answers a request as a whole. */
export type HttpHandler = (event: HttpEvent, context: LambdaCallContext) => Promise<HttpResult>;

type Fetch = (request: Request) => Promise<Response>;

/** The time that a call keeps for its answer, in ms. */
const RESERVE_MS = 1000;
/** Without a stream whoever watches hears what there is by then, and comes back. */
const WATCH_MS = 1000;

const patience = new AsyncLocalStorage<Patience>();

/** Until when the caller of now may be kept waiting; undefined outside of a request. */
export function patienceNow(): Patience | undefined {
  return patience.getStore();
}

/** Makes the function: one that streams what it answers, or one that answers as a whole. */
export function createHttpHandler(parts: HttpParts, streams: boolean): HttpHandler | StreamedHandler {
  const face = lazily(() => openFace(parts));
  const answer = async (event: HttpEvent, context: LambdaCallContext): Promise<Response> => {
    try {
      const fetch = await face();
      const now = parts.now();
      const deadline = now + context.getRemainingTimeInMillis() - RESERVE_MS;
      const waits = { settled: deadline, watch: streams ? deadline : Math.min(deadline, now + WATCH_MS) };
      return await patience.run(waits, () => answerOnce(fetch, event));
    } catch (error) {
      parts.onError(undefined, error);
      return unavailable("The service is not set up, or cannot be reached.");
    }
  };
  return streams ? streamed(answer) : async (event, context) => resultOf(await answer(event, context));
}

/** A signature covers the path as it was sent, which an HTTP API does not tell. */
async function answerOnce(fetch: Fetch, event: HttpEvent): Promise<Response> {
  const request = requestOf(event);
  if (request === undefined) return unreadable();
  const response = await fetch(request);
  const path = encodedPath(event);
  const isRefused = response.headers.get("x-amzn-errortype") === "InvalidSignatureException";
  const again = isRefused && path !== undefined ? requestOf(event, path) : undefined;
  return again === undefined ? response : fetch(again);
}

async function openFace({ client, credentials, logs, face, onError }: HttpParts): Promise<Fetch> {
  return createHttpFace({
    client,
    credentials: await readCredentials(credentials),
    ...(logs && { logs }),
    options: { ...face, onError: (error) => onError(undefined, error) },
  });
}

async function readCredentials(source: CredentialSource): Promise<readonly Credential[]> {
  const given = typeof source === "function" ? await source() : source;
  return typeof given === "string" ? parseCredentials(given) : given;
}

/** Tried again by the next call if it fails. */
function lazily<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return async () => {
    try {
      return await (opened ??= open());
    } catch (error) {
      opened = undefined;
      throw error;
    }
  };
}

async function resultOf(response: Response): Promise<HttpResult> {
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
    isBase64Encoded: false,
  };
}
