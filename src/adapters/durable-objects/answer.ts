/**
 * How an error travels between objects: as data. Depending on the compatibility date, an error that is thrown across an
 * RPC call loses its class, its name and its fields, and a caller must be able to tell what it was.
 */

import { ClientError, type ClientErrorCode } from "../../engine/runner/client.ts";

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: ClientErrorCode; readonly message: string };

/** Runs `body` and makes data of its outcome. Only what a caller can act on is data; the rest is the platform's to carry. */
export async function answer<T>(body: () => T | Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await body() };
  } catch (error) {
    if (error instanceof ClientError) return { ok: false, code: error.code, message: error.message };
    throw error;
  }
}

export function unwrap<T>(received: Answer<T>): T {
  if (received.ok) return received.value;
  throw new ClientError(received.code, received.message);
}
