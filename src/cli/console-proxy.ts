/**
 * What stands between the console's page and a face that is elsewhere: calls of the page are let through with the token
 * of the command, which the page never gets. The page has a token of its own, good for this process alone.
 */

import { createHash, timingSafeEqual } from "node:crypto";
import type { FetchHandler } from "../homes/local/http-server.ts";

export interface ProxyOptions {
  /** Of the face, without a slash at its end. */
  readonly url: string;
  /** What the face lets in. */
  readonly token: string;
}

const FORWARDED = ["content-type", "last-event-id", "x-amz-invocation-type", "x-amz-durable-execution-name"] as const;
const RETURNED = /^(content-type$|cache-control$|retry-after$|x-amz)/;

/** Lets calls through to a face. */
export function createProxy({ url, token }: ProxyOptions): FetchHandler {
  return async (request) => {
    const { pathname, search } = new URL(request.url);
    const headers = new Headers({ Authorization: `Bearer ${token}` });
    for (const name of FORWARDED) {
      const value = request.headers.get(name);
      if (value !== null) headers.set(name, value);
    }
    const hasBody = request.method !== "GET" && request.method !== "HEAD";
    try {
      const answer = await fetch(`${url}${pathname}${search}`, {
        method: request.method,
        headers,
        redirect: "manual",
        ...(hasBody && { body: await request.arrayBuffer() }),
      });
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
