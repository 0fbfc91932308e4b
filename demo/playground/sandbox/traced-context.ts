/**
 * Watches user code from outside: which operation it calls, from which line, and which functions really run. Positions
 * are counted as the engine counts them, one for each call on a context.
 */

import type { DurableContext } from "perdure";

export interface Trace {
  reached(id: string, call: { readonly method: string; readonly name?: string; readonly line?: number }): void;
  ran(id: string): void;
}

type AnyFunction = (...args: unknown[]) => unknown;

/** How each method's functions are wrapped; those that are not here take no position. */
const wrappers: Readonly<Record<string, (position: string, trace: Trace, arg: unknown) => unknown>> = {
  step: ranAt(""),
  waitForCondition: ranAt(""),
  waitForCallback: ranAt("-2"),
  wait: asIs,
  invoke: asIs,
  createCallback: asIs,
  runInChildContext: (position, trace, arg) => (typeof arg === "function" ? inContext(arg, position, trace) : arg),
  map: (position, trace, arg) =>
    typeof arg === "function" ? inContext(arg, (index) => `${position}-${index + 1}`, trace) : arg,
  parallel: (position, trace, arg) =>
    Array.isArray(arg) ? arg.map((branch, index) => branchIn(branch, `${position}-${index + 1}`, trace)) : arg,
};

/** `prefix` is the position of the context; empty for the root. */
export function tracedContext(context: DurableContext, trace: Trace, prefix = ""): DurableContext {
  let count = 0;
  const next = (method: string, args: readonly unknown[]): string => {
    const position = prefix === "" ? `${++count}` : `${prefix}-${++count}`;
    const name = typeof args[0] === "string" ? args[0] : undefined;
    const line = callingLine();
    trace.reached(position, {
      method,
      ...(name === undefined ? {} : { name }),
      ...(line === undefined ? {} : { line }),
    });
    return position;
  };
  return new Proxy(context, { get: (target, key) => member(target, key, { trace, next }) });
}

interface Counting {
  readonly trace: Trace;
  readonly next: (method: string, args: readonly unknown[]) => string;
}

function member(target: DurableContext, key: string | symbol, { trace, next }: Counting): unknown {
  const value: unknown = Reflect.get(target, key, target);
  if (key === "promise") return combinators(value as Record<string, AnyFunction>, next);
  if (typeof value !== "function") return value;
  const method = value.bind(target) as AnyFunction;
  const wrap = typeof key === "string" ? wrappers[key] : undefined;
  if (wrap === undefined) return method;
  return (...args: unknown[]) => {
    const position = next(String(key), args);
    return method(...args.map((arg) => wrap(position, trace, arg)));
  };
}

function combinators(promise: Record<string, AnyFunction>, next: Counting["next"]): Record<string, AnyFunction> {
  const counted = Object.entries(promise).map(([name, method]): [string, AnyFunction] => [
    name,
    (...args) => {
      next(`promise.${name}`, args);
      return method(...args);
    },
  ]);
  return Object.fromEntries(counted);
}

function ranAt(suffix: string) {
  return (position: string, trace: Trace, arg: unknown): unknown => {
    if (typeof arg !== "function") return arg;
    return (...args: unknown[]) => {
      trace.ran(position + suffix);
      return (arg as AnyFunction)(...args);
    };
  };
}

function asIs(_position: string, _trace: Trace, arg: unknown): unknown {
  return arg;
}

function branchIn(branch: unknown, position: string, trace: Trace): unknown {
  if (typeof branch === "function") return inContext(branch, position, trace);
  if (typeof branch !== "object" || branch === null || !("func" in branch)) return branch;
  return typeof branch.func === "function" ? { ...branch, func: inContext(branch.func, position, trace) } : branch;
}

/** The engine looks at how many parameters a function has, so the wrapped one has as many. */
function inContext(fn: unknown, position: string | ((index: number) => string), trace: Trace): AnyFunction {
  const original = fn as AnyFunction;
  const wrapped: AnyFunction = (context, ...rest) => {
    const prefix = typeof position === "string" ? position : position(Number(rest[1]));
    return original(tracedContext(context as DurableContext, trace, prefix), ...rest);
  };
  return Object.defineProperty(wrapped, "length", { value: original.length });
}

/** The line of the program that called; see `scriptUrl`. */
function callingLine(): number | undefined {
  return lineOfStack(new Error("where").stack);
}

/** The innermost line of a program in a stack. */
export function lineOfStack(stack: string | undefined): number | undefined {
  const [, line] = /perdure-program-\d+\.ts:(\d+)/.exec(stack ?? "") ?? [];
  return line === undefined ? undefined : Number(line);
}

/** What a program is called in stacks. */
export function scriptUrl(number: number): string {
  return `perdure-program-${number}.ts`;
}
