/**
 * Functions that `sam local` runs in containers. It starts an execution and says at which address its function is to be
 * invoked; every such function is called "function".
 */

import { failureFromError } from "../../engine/model/thrown-failure.ts";
import type { Failure } from "../../engine/model/failure.ts";
import type { DurableExecutionInvocationOutput } from "../../lambda-compat/wire-types.ts";
import type { Told } from "./environment.ts";
import type { Invoke } from "./process-function.ts";

export class SamFunctions {
  readonly #timeoutMs: number;
  /** By the name of an execution: where its function is. */
  readonly #endpoints = new Map<string, string>();
  #newest: string | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Adds the endpoint of an execution's function, by the execution's name. Returns a function that removes it again.
   */
  add(executionName: string, endpoint: string): () => void {
    const before = [this.#endpoints.get(executionName), this.#newest] as const;
    this.#endpoints.set(executionName, endpoint);
    this.#newest = endpoint;
    return () => this.#restore(executionName, before);
  }

  #restore(executionName: string, [endpoint, newest]: readonly [string | undefined, string | undefined]): void {
    if (endpoint === undefined) this.#endpoints.delete(executionName);
    else this.#endpoints.set(executionName, endpoint);
    this.#newest = newest;
  }

  readonly invoke: Invoke = async ({ event, context }) => {
    const endpoint = this.#endpoints.get(context.logStreamName) ?? this.#newest;
    if (endpoint === undefined) return ended({ errorMessage: "sam local has not said yet where its function is." });
    try {
      const url = new URL(`/2015-03-31/functions/${context.functionName}/invocations`, endpoint);
      const signal = AbortSignal.timeout(this.#timeoutMs);
      const response = await fetch(url, { method: "POST", body: JSON.stringify(event), signal });
      return outcomeOf((await response.json()) as object);
    } catch (error) {
      return ended(failureFromError(error));
    }
  };
}

/** The outcome of an answer. An error that the handler threw comes with the same HTTP status. */
function outcomeOf(answer: object): Told {
  if ("Status" in answer) return { type: "output", output: answer as DurableExecutionInvocationOutput };
  const { errorType, errorMessage } = answer as Failure;
  return ended({ errorType: errorType ?? "Error", errorMessage: errorMessage ?? "The function gave no outcome." });
}

function ended(error: Failure): Told {
  return { type: "ended", error };
}
