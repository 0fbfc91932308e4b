/**
 * The inputs of a combinator. On replay its recorded outcome counts and nobody looks at the inputs again, so a native
 * promise among them that rejects would be an unhandled rejection, which ends a Node process. The combinator owns its
 * inputs: from the call on, it handles their rejections.
 */

import { OperationPromise } from "./durable-promise.ts";

const ignore = (): void => {};

/** Reads the inputs, once. The answer gives them out, or throws what reading them threw. */
export function combinatorInputs(given: Iterable<unknown>): () => Iterable<unknown> {
  if (typeof (given as Partial<Iterable<unknown>> | undefined)?.[Symbol.iterator] !== "function") return () => given;
  const inputs: unknown[] = [];
  try {
    for (const input of given) {
      if (input instanceof Promise) ignoreRejection(input);
      inputs.push(input);
    }
    return () => inputs;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/**
 * Awaits the operations among the inputs that nobody awaits, as the combinator has done when it ran: once their outcome
 * is part of a recorded one, their failures are told of no more.
 */
export function awaitOperations(read: () => Iterable<unknown>): void {
  for (const input of readable(read)) {
    if (input instanceof OperationPromise && !input.isExecuted) void input.catch(ignore);
  }
}

/** Nothing, of what could not be read. */
function readable(read: () => Iterable<unknown>): readonly unknown[] {
  try {
    const inputs: unknown = read();
    return Array.isArray(inputs) ? inputs : [];
  } catch {
    return [];
  }
}

/** Not by a method of its own: a lazy promise would begin. Durable promises are lazy too, and reject to nobody. */
function ignoreRejection(promise: Promise<unknown>): void {
  void Promise.prototype.then.call(promise, undefined, ignore);
}
