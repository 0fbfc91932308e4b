/**
 * Functions in a worker of the page. The worker is a tab of its own: it has the database, the locks and the clock. The
 * page is one that runs nothing. All that passes between them is which functions there are, what is to be claimed, and
 * when the page sleeps.
 */

import { type FunctionVersions, type RegisteredFunction } from "../../engine/runner/function.ts";

/** What the page says first, with a port for the rest: a worker may have other things to hear from its page. */
export interface Introduction {
  readonly perdure: "connect";
  /** Of the database. */
  readonly name: string;
}

/** The names and versions of the functions that a worker runs. */
export type FunctionNames = readonly (readonly [name: string, latest: string, versions: readonly string[]])[];

/** What the page says later: how it is with it, and what the worker is to run. */
export type PageMoment = "leave" | "return" | "close" | { readonly claim: string };

/** Asks a worker for its functions, and fills them in; the answer tells the worker of the page's moments. */
export function connectWorker(
  worker: Worker,
  name: string,
  functions: Map<string, FunctionVersions>,
): { readonly ready: Promise<void>; readonly tell: (moment: PageMoment) => void } {
  const { port1, port2 } = new MessageChannel();
  const ready = new Promise<void>((resolve, reject) => {
    port1.onmessage = ({ data }: MessageEvent<FunctionNames>) => {
      for (const [functionName, latest, versions] of data) functions.set(functionName, standIns(latest, versions));
      resolve();
    };
    worker.addEventListener("error", ({ message }) =>
      reject(new Error(`The worker of the functions failed: ${message}`)),
    );
  });
  worker.postMessage({ perdure: "connect", name } satisfies Introduction, [port2]);
  return { ready, tell: (moment) => port1.postMessage(moment) };
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
