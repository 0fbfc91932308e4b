/**
 * Functions in a worker of the page. The worker is a tab of its own: it has the database, the locks and the clock. The
 * page is one that runs nothing. All that passes between them is which functions there are, what is to be claimed, when
 * the page sleeps and when it has looked at its executions, and what the worker asks of the page's store where the
 * browser denies it one.
 */

import type { ExecutionStore } from "../../engine/ports/execution-store.ts";
import { type FunctionVersions, type RegisteredFunction } from "../../engine/runner/function.ts";
import { answerCall, type StoreAnswer, type StoreCall } from "./lent-store.ts";
import { BrowserWorkerError, BrowserWorkerErrorCode } from "./worker-error.ts";

/** What the page says first, with a port for the rest: a worker may have other things to hear from its page. */
export interface Introduction {
  readonly perdure: "connect";
  /** Of the database. */
  readonly name: string;
}

/** The names and versions of the functions that a worker runs. */
export type FunctionNames = readonly (readonly [name: string, latest: string, versions: readonly string[]])[];

/**
 * What the page says later: how it is with it, and what the worker is to run. `looked` comes now and then, and after the
 * browser has lost its databases or was made to: nothing that went before it can be relied upon to have come.
 */
export type PageMoment = "leave" | "return" | "close" | "looked" | { readonly claim: string } | StoreAnswer;

export interface WorkerLink {
  /**
   * Resolves once the functions are known.
   *
   * @throws {BrowserWorkerError} WORKER_FAILED, WORKER_SILENT. A worker that answers later is heard all the same.
   */
  readonly ready: () => Promise<void>;
  /** Tells the worker of a moment of its page. */
  readonly tell: (moment: PageMoment) => void;
  /** Has the worker use the page's store where the browser denies it one of its own. */
  readonly lend: (store: ExecutionStore) => void;
}

export interface WorkerLinkOptions {
  /** Of the database. */
  readonly name: string;
  /** Filled in with what the worker serves. */
  readonly functions: Map<string, FunctionVersions>;
  /** How long the worker may take to answer, in ms; 30 seconds by default, since its script may be loaded slowly. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 30_000;

/** Asks a worker for its functions. */
export function connectWorker(
  worker: Worker,
  { name, functions, patienceMs = PATIENCE_MS }: WorkerLinkOptions,
): WorkerLink {
  const { port1, port2 } = new MessageChannel();
  let isAnswered = false;
  let lent: ExecutionStore | undefined;
  const tell = (moment: PageMoment): void => port1.postMessage(moment);
  const answered = new Promise<void>((resolve, reject) => {
    const impatience = setTimeout(() => reject(silent(patienceMs)), patienceMs);
    worker.addEventListener("error", ({ message }) => reject(failed(message)));
    port1.onmessage = ({ data }: MessageEvent<FunctionNames | StoreCall>) => {
      if ("call" in data) return void (lent && answerCall(lent, data).then(tell));
      clearTimeout(impatience);
      for (const [functionName, latest, versions] of data) functions.set(functionName, standIns(latest, versions));
      isAnswered = true;
      resolve();
    };
  });
  worker.postMessage({ perdure: "connect", name } satisfies Introduction, [port2]);
  return {
    ready: () => (isAnswered ? Promise.resolve() : answered),
    tell,
    lend(store) {
      lent = store;
    },
  };
}

/** A script that could not be loaded is an error without a message. */
function failed(message: string | undefined): BrowserWorkerError {
  const why = message === undefined || message === "" ? "its script could not be loaded" : message;
  return new BrowserWorkerError(BrowserWorkerErrorCode.FAILED, `The worker of the functions failed: ${why}`);
}

function silent(ms: number): BrowserWorkerError {
  return new BrowserWorkerError(
    BrowserWorkerErrorCode.SILENT,
    `The worker of the functions has not answered for ${ms / 1000} seconds: its script is to call serveBrowserHost ` +
      "while it is first run. Is it loaded?",
  );
}

export function namesOf(functions: ReadonlyMap<string, FunctionVersions>): FunctionNames {
  return [...functions].map(([name, { latest, versions }]) => [name, latest, [...versions.keys()]]);
}

export function isIntroduction(data: unknown): data is Introduction {
  return typeof data === "object" && data !== null && (data as Partial<Introduction>).perdure === "connect";
}

/** The page starts functions by their names and never runs one. */
function standIns(latest: string, names: readonly string[]): FunctionVersions {
  const standIn: RegisteredFunction = {
    kind: "plain",
    call: () => Promise.reject(new Error("This function runs in the page's worker.")),
  };
  return { latest, versions: new Map(names.map((version) => [version, standIn])) };
}
