/**
 * The store of a page, lent to its worker. A browser that has lost its database server gives a page new databases by way
 * of a new window, and a worker none: what the worker asks of its own store from then on is asked of its page's, by
 * messages.
 *
 * Such a browser may carry messages by that server too. So what was not answered is asked again whenever the page says
 * that it has looked at its executions. To do a call twice is harmless: a commit whose number is taken is compared with
 * the one that is there, and a start finds what it has started.
 */

import { BrowserStorageError, BrowserStorageErrorCode } from "../../adapters/indexeddb/storage-error.ts";
import { type ExecutionStore, StorageFullError } from "../../engine/ports/execution-store.ts";
import type { MaybePromise } from "../../engine/ports/maybe-promise.ts";

type Method = keyof ExecutionStore;
type Methods = Readonly<Record<Method, (...args: readonly unknown[]) => MaybePromise<unknown>>>;

/** What a worker asks of its page's store. */
export interface StoreCall {
  readonly call: number;
  readonly method: Method;
  readonly args: readonly unknown[];
}

/** What came of it. An error that crosses from one thread to another keeps neither its class nor its code. */
export interface StoreAnswer {
  readonly answer: number;
  readonly value?: unknown;
  readonly error?: { readonly code?: string; readonly message: string };
}

/** The page's half: does what its worker asks. */
export async function answerCall(store: ExecutionStore, { call, method, args }: StoreCall): Promise<StoreAnswer> {
  try {
    return { answer: call, value: await (store as unknown as Methods)[method](...args) };
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return { answer: call, error: { ...(typeof code === "string" && { code }), message: String(message) } };
  }
}

interface Open {
  readonly asked: StoreCall;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The worker's half: its page's store, as far as it can be asked for by messages. */
export class LentStore {
  readonly #ask: (call: StoreCall) => void;
  readonly #open = new Map<number, Open>();
  #calls = 0;

  constructor(ask: (call: StoreCall) => void) {
    this.#ask = ask;
  }

  answered({ answer, value, error }: StoreAnswer): void {
    const open = this.#open.get(answer);
    this.#open.delete(answer);
    if (error === undefined) open?.resolve(value);
    else open?.reject(revived(error));
  }

  /** A question or its answer may have been lost. */
  askAgain(): void {
    for (const { asked } of this.#open.values()) this.#ask(asked);
  }

  /** The worker's own store, and this one once the browser has denied it databases: for good. */
  behind(own: ExecutionStore): ExecutionStore {
    let isDenied = false;
    const call = async (method: Method, args: readonly unknown[]): Promise<unknown> => {
      try {
        if (!isDenied) return await (own as unknown as Methods)[method](...args);
      } catch (error) {
        if (!(error instanceof BrowserStorageError) || error.code !== BrowserStorageErrorCode.UNAVAILABLE) throw error;
        isDenied = true;
      }
      return this.#call(method, args);
    };
    const get =
      (_: ExecutionStore, method: Method) =>
      (...args: readonly unknown[]) =>
        call(method, args);
    return new Proxy(own, { get });
  }

  #call(method: Method, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const asked: StoreCall = { call: ++this.#calls, method, args };
      this.#open.set(asked.call, { asked, resolve, reject });
      this.#ask(asked);
    });
  }
}

function revived({ code, message }: NonNullable<StoreAnswer["error"]>): Error {
  if (code === "STORAGE_FULL") return new StorageFullError(message);
  const known = Object.values(BrowserStorageErrorCode).find((each) => each === code);
  return known === undefined ? new Error(message) : new BrowserStorageError(known, message);
}
