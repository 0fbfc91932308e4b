/**
 * An error on its way between objects, as data. Depending on the compatibility date, an error thrown across an RPC call
 * loses its class and its fields, and a caller must be able to tell which error it was.
 */

import { ClientError, type ClientErrorCode } from "../../engine/runner/client.ts";

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: ClientErrorCode; readonly message: string };

/** Makes data of what `body` does. What is no ClientError goes on as it is: the caller can do nothing about it. */
export async function answer<T>(body: () => T | Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await body() };
  } catch (error) {
    if (error instanceof ClientError) return { ok: false, code: error.code, message: error.message };
    throw error;
  }
}

/** @throws {ClientError} the one that was answered. */
export function unwrap<T>(received: Answer<T>): T {
  if (received.ok) return received.value;
  throw new ClientError(received.code, received.message);
}
