/** An event of payload format 2.0 as the request that it was. */

import { ROUTES } from "../../lambda-compat/http/routes.ts";
import type { HttpEvent } from "./lambda-events.ts";

/** A request came in another form than payload format 2.0: from a REST API, or a load balancer. */
export class PayloadFormatError extends Error {
  override readonly name = "PayloadFormatError";
  /** Always PAYLOAD_FORMAT. */
  readonly code = "PAYLOAD_FORMAT";
}

/**
 * Undefined where the method, the host or a header is one that no request can have.
 *
 * @throws {PayloadFormatError} PAYLOAD_FORMAT for an event of another format.
 */
export function requestOf(event: HttpEvent, path?: string): Request | undefined {
  if (event.version !== "2.0") {
    throw new PayloadFormatError(
      `This function takes events of payload format 2.0, from a Function URL or an HTTP API; ${event.version ?? "none"} came.`,
    );
  }
  try {
    return asRequest(event, path ?? event.rawPath);
  } catch {
    return undefined;
  }
}

function asRequest(event: HttpEvent, path: string): Request {
  const { method } = event.requestContext.http;
  const headers = new Headers();
  for (const [name, value] of Object.entries(event.headers)) if (value !== undefined) headers.set(name, value);
  const host = event.headers["host"] ?? event.requestContext.domainName;
  const url = new URL(`https://${host}`);
  url.pathname = path;
  url.search = event.rawQueryString;
  const hasBody = method !== "GET" && method !== "HEAD" && event.body !== undefined;
  return new Request(url, { method, headers, ...(hasBody ? { body: bodyOf(event) } : {}) });
}

/**
 * The paths of the face's routes, wherever these begin: their groups are the names of executions, functions and
 * callbacks.
 */
const LABELS = ROUTES.map(({ path }) => new RegExp(path.source.slice(1), "d"));

/**
 * The path as AWS's clients have sent and signed it, if it came decoded: an HTTP API decodes it, a Function URL does not.
 * Undefined if it makes no difference.
 */
export function encodedPath({ rawPath }: HttpEvent): string | undefined {
  const matching = LABELS.find((label) => label.test(rawPath));
  const [start, end] = matching?.exec(rawPath)?.indices?.[1] ?? [];
  if (start === undefined || rawPath.includes("%")) return undefined;
  const path = rawPath.slice(0, start) + encoded(rawPath.slice(start, end)) + rawPath.slice(end);
  return path === rawPath ? undefined : path;
}

function encoded(label: string): string {
  return encodeURIComponent(label).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function bodyOf({ body = "", isBase64Encoded }: HttpEvent): string | Uint8Array<ArrayBuffer> {
  return isBase64Encoded ? new Uint8Array(Buffer.from(body, "base64")) : body;
}
