/** An HTTP face: how it is asked, and what its refusals mean. */

import { HostClock } from "../model/host-clock.ts";
import { readBounded } from "../views/wire/bounded.ts";
import { type Fields, readAnswer } from "../views/wire/fields.ts";

export interface FaceAddress {
  /** Without a slash at its end; empty for the origin that served this page. */
  readonly url: string;
  readonly token: string;
}

export interface FaceRequest {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** A face has answered, and refused. */
export class FaceError extends Error {
  override readonly name = "FaceError";
  readonly status: number;
  /** As AWS names it, such as `ResourceNotFoundException`. */
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message === "" ? `${type} (${status})` : `${message} (${type})`);
    this.status = status;
    this.type = type;
  }
}

/** Nobody has answered, or nothing that this page may read. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/** An answer that is no stream. */
const MOST_BYTES = 64_000_000;

/** The way to call a face. */
export type FaceCalls = Pick<Face, "call">;

export class Face {
  readonly address: FaceAddress;
  /** The host's clock, as its answers tell it. */
  readonly clock: HostClock = new HostClock();

  constructor(address: FaceAddress) {
    this.address = address;
  }

  /** @throws {FaceError | UnreachableError | ForeignDataError} */
  async json(path: string, request?: FaceRequest): Promise<Fields> {
    const text = await bodyText(await this.call(path, request));
    return text === "" ? {} : readAnswer(text);
  }

  /** @throws {FaceError | UnreachableError} */
  async call(path: string, { method = "GET", body, signal }: FaceRequest = {}): Promise<Response> {
    const { url, token } = this.address;
    const headers = { Authorization: `Bearer ${token}` };
    let response: Response;
    const sentAt = Date.now();
    try {
      response = await fetch(`${url}${path}`, {
        method,
        headers,
        ...(body !== undefined && { body }),
        ...(signal !== undefined && { signal }),
      });
    } catch (cause) {
      if (signal?.aborted === true) throw cause;
      throw new UnreachableError(unreachable(url), { cause });
    }
    this.clock.read(response.headers, { sentAt, receivedAt: Date.now() });
    if (response.ok) return response;
    throw await refusal(response);
  }
}

/** True where a face does not know a call: an older one, or AWS's own service. */
export function isLacking(error: unknown): boolean {
  return error instanceof FaceError && isLackingType(error.type);
}

export function isLackingType(type: string): boolean {
  return ["UnknownOperationException", "MethodNotAllowedException"].includes(type);
}

/** True for what may be over when it is tried again: no refusal, and nothing that would be answered alike again. */
export function isPassing(error: unknown): boolean {
  if (error instanceof FaceError) return error.status >= 500 || error.status === 429;
  return error instanceof UnreachableError;
}

/** The path of an execution, and of a call about it. */
export function executionPath(arn: string, call = ""): string {
  return `/2025-12-01/durable-executions/${encodeURIComponent(arn)}${call}`;
}

function unreachable(url: string): string {
  if (url === "") return "Nobody answers here any more. Is the command that has opened this page still running?";
  return (
    `Nobody answers at ${url}, or it does not let this page in. A host elsewhere has to allow the page's origin: ` +
    `allowedOrigins: ["${location.origin}"].`
  );
}

async function refusal(response: Response): Promise<FaceError> {
  const type = response.headers.get("x-amzn-errortype") ?? `HTTP ${response.status}`;
  return new FaceError(response.status, type, messageIn(await bodyText(response)));
}

function bodyText({ body }: Response): Promise<string> {
  return readBounded(body, { what: "The answer", mostBytes: MOST_BYTES });
}

function messageIn(text: string): string {
  try {
    const { message } = readAnswer(text);
    return typeof message === "string" ? message : "";
  } catch {
    return "";
  }
}
