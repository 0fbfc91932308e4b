/** A map callback of one parameter gets the context, where other languages' maps give the item. Says so when it shows. */

import type { Scope } from "../engine/replay/scope.ts";
import { InvalidArgumentError } from "./invalid-argument.ts";

export const SINGLE_PARAMETER_HINT: string =
  " The callback of context.map receives (context, item, index, items): " +
  "write (ctx, item) => ctx.step(...) instead of (item) => context.step(...).";

/** Names that code asks any object for without meaning anything by it. */
const INNOCENT = new Set([
  "then",
  "toJSON",
  "constructor",
  "inspect",
  "nodeType",
  "tagName",
  "asymmetricMatch",
  "$$typeof",
]);

/**
 * The same context, except that reading what no context has fails the execution with an error that says what to write,
 * as a context used in the wrong place does: an item that failed alone could pass unseen, with all the others.
 */
export function explainSingleParameter<T extends object>(context: T, item: Scope, index: number): T {
  const explain = (key: string | symbol): never => {
    const message = `Item ${index} was not read: the context has no "${String(key)}".${SINGLE_PARAMETER_HINT}`;
    const error = new InvalidArgumentError(message);
    item.invocation.end({ status: "FAILED", error });
    throw error;
  };
  return new Proxy(context, {
    get(target, key) {
      const isKnown = Reflect.has(target, key) || (typeof key === "string" && INNOCENT.has(key));
      if (typeof key === "symbol" && key !== Symbol.toPrimitive && key !== Symbol.iterator)
        return Reflect.get(target, key, target) as unknown;
      if (!isKnown) return explain(key);
      const value = Reflect.get(target, key, target) as unknown;
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Lets a context that is used in the wrong place inside such a callback be explained the same way. */
export function hintAt(scope: Scope): void {
  scope.hint = SINGLE_PARAMETER_HINT;
}
