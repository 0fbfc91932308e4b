/**
 * What a combinator is given. On replay its recorded outcome counts and nobody looks at the inputs again, so a native
 * promise among them that rejects would be an unhandled rejection, which ends a Node process. The combinator is the one
 * that they were given to: from the call on, their rejections are taken care of.
 */

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

/** Not by a method of its own: a lazy promise would begin. Durable promises are lazy too, and reject to nobody. */
function ignoreRejection(promise: Promise<unknown>): void {
  void Promise.prototype.then.call(promise, undefined, ignore);
}
