/**
 * The proxy between the console's page and a face that is elsewhere: it lets the page's calls through with the
 * credential of the command, which the page never gets. The page has a token of its own, good for this process alone.
 */

import { createHash, timingSafeEqual } from "node:crypto";
import type { FetchHandler } from "../homes/local/http-server.ts";
import type { Authorize } from "./api/authorize.ts";

export interface ProxyOptions {
  /** Of the face, without a slash at its end. */
  readonly url: string;
  /** Adds what the face lets in. */
  readonly authorize: Authorize;
}

const FORWARDED = ["content-type", "last-event-id", "x-amz-invocation-type", "x-amz-durable-execution-name"] as const;
const RETURNED = /^(content-type$|cache-control$|retry-after$|date$|x-perdure-clock$|x-amz)/;

/** Lets calls through to a face. */
export function createProxy({ url, authorize }: ProxyOptions): FetchHandler {
  return async (request) => {
    const { pathname, search } = new URL(request.url);
    const target = new URL(`${url}${pathname}${search}`);
    const { method } = request;
    const headers = new Headers();
    for (const name of FORWARDED) {
      const value = request.headers.get(name);
      if (value !== null) headers.set(name, value);
    }
    const body = method === "GET" || method === "HEAD" ? undefined : await request.arrayBuffer();
    await authorize({ method, url: target, headers, body });
    try {
      const answer = await fetch(target, { method, headers, redirect: "manual", ...(body !== undefined && { body }) });
      const returned = [...answer.headers].filter(([name]) => RETURNED.test(name));
      return new Response(answer.body, { status: answer.status, headers: returned });
    } catch {
      return refused(502, "ServiceException", `Nobody answers at ${url}.`);
    }
  };
}

/** Lets in who bears the token of the page. */
export function onlyBearing(token: string, handler: FetchHandler): FetchHandler {
  const wanted = digest(`Bearer ${token}`);
  return async (request) => {
    const given = digest(request.headers.get("authorization") ?? "");
    if (timingSafeEqual(given, wanted)) return handler(request);
    return refused(401, "UnrecognizedClientException", "This page is of an earlier start. Open the link of this one.");
  };
}

/** A refusal in the form of AWS's API. */
export function refused(status: number, type: string, message: string): Response {
  return Response.json({ message }, { status, headers: { "x-amzn-ErrorType": type } });
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
