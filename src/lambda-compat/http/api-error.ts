/** The errors of the API as AWS's clients read them: the name in a header, the message in the body, the right status. */

import { ClientErrorCode } from "../../engine/runner/client.ts";

const STATUS: Readonly<Record<string, number>> = {
  [ClientErrorCode.INVALID_PARAMETER]: 400,
  [ClientErrorCode.CALLBACK_CLOSED]: 400,
  [ClientErrorCode.NOT_FOUND]: 404,
  [ClientErrorCode.ALREADY_STARTED]: 409,
  [ClientErrorCode.THROTTLED]: 429,
  [ClientErrorCode.SERVICE]: 500,
};

/** An answer to a request that is refused. `code` is the name of the exception in AWS's API. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  constructor(code: string, status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.headers = headers;
  }
}

export function invalidParameter(message: string): ApiError {
  return new ApiError(ClientErrorCode.INVALID_PARAMETER, 400, message);
}

/** A client's errors are known by their code, not by their class: from across a process boundary they come as copies. */
export function hasCode(error: unknown, code: ClientErrorCode): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === code;
}

/** The answer for an error that is meant for the caller; any other error becomes a plain `ServiceException`. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const { code, message } = error instanceof Error ? (error as Error & { code?: unknown }) : {};
  // AWS has no name for it. A client that tries again may reach the next process.
  if (code === ClientErrorCode.HOST_CLOSED) return new ApiError(ClientErrorCode.SERVICE, 503, String(message));
  const status = typeof code === "string" && Object.hasOwn(STATUS, code) ? STATUS[code] : undefined;
  if (status === undefined) return new ApiError(ClientErrorCode.SERVICE, 500, "The request failed inside the service.");
  return new ApiError(String(code), status, String(message), status === 429 ? { "Retry-After": "1" } : {});
}

export function errorResponse({ code, status, message, headers }: ApiError): Response {
  const body = { Type: status < 500 ? "User" : "Service", Message: message, message };
  return Response.json(body, { status, headers: { "x-amzn-ErrorType": code, ...headers } });
}
