/**
 * Watches user code from outside: which operation it calls, from which line, and which functions really run. Positions
 * are counted as the engine counts them, one for each call on a context.
 */

import type { DurableContext } from "perdure";

export interface Trace {
  /** The handler runs, from the top. */
  began(): void;
  reached(id: string, call: { readonly method: string; readonly name?: string; readonly line?: number }): void;
  ran(id: string): void;
  /** The function as it is to be called, so that what it says is known to come from there. */
  inside(id: string | undefined, fn: AnyFunction): AnyFunction;
  /** Calls a method of a logger. */
  saying<T>(id: string | undefined, say: () => T): T;
  threw(id: string | undefined, error: unknown): void;
}

export type AnyFunction = (...args: unknown[]) => unknown;

/** The positions of one context, in the order of its calls. */
class Positions {
  readonly #prefix: string;
  #count = 0;

  /** `prefix` is the position of the context; empty for the root. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The position of the context; undefined for the root. */
  get owner(): string | undefined {
    return this.#prefix === "" ? undefined : this.#prefix;
  }

  next(): string {
    return `${this.#prefix === "" ? "" : `${this.#prefix}-`}${++this.#count}`;
  }
}

/** The positions that calls on an outer context take while a branch without a parameter begins. */
let adopted: { readonly outer: Positions; readonly own: Positions } | undefined;

interface Call {
  readonly position: string;
  /** Of the context that the call is made on. */
  readonly outer: Positions;
  readonly trace: Trace;
}

/** Members of a context that begin no operation, and those whose positions `combinators` counts. */
type Apart = "lambdaContext" | "logger" | "executionContext" | "configureLogger" | "configureSerdes" | "promise";

type Wrapper = (arg: unknown, call: Call) => unknown;

/** The wrappers of the functions given to each method. Every method that begins an operation takes a position. */
const wrappers: Readonly<Record<Exclude<keyof DurableContext, Apart>, Wrapper>> = {
  step: ranAt(""),
  waitForCondition: ranAt(""),
  waitForCallback: ranAt("-2"),
  wait: asIs,
  invoke: asIs,
  createCallback: asIs,
  setTags: asIs,
  runInChildContext: (arg, call) => (typeof arg === "function" ? inContext(arg, call) : arg),
  map: (arg, call) => (typeof arg === "function" ? inContext(arg, call, (args) => Number(args[1])) : arg),
  parallel: (arg, call) => (Array.isArray(arg) ? arg.map((branch, index) => branchIn(branch, call, () => index)) : arg),
};

const wrapperOf: Readonly<Partial<Record<string, Wrapper>>> = wrappers;

export function tracedContext(
  context: DurableContext,
  trace: Trace,
  positions: Positions = new Positions(""),
): DurableContext {
  const next = (method: string, args: readonly unknown[]): string => {
    const position = (adopted?.outer === positions ? adopted.own : positions).next();
    const name = typeof args[0] === "string" ? args[0] : undefined;
    const line = callingLine();
    trace.reached(position, {
      method,
      ...(name === undefined ? {} : { name }),
      ...(line === undefined ? {} : { line }),
    });
    return position;
  };
  return new Proxy(context, { get: (target, key) => member(target, key, { trace, next, positions }) });
}

interface Counting {
  readonly positions: Positions;
  readonly trace: Trace;
  readonly next: (method: string, args: readonly unknown[]) => string;
}

function member(target: DurableContext, key: string | symbol, { trace, next, positions }: Counting): unknown {
  const value: unknown = Reflect.get(target, key, target);
  if (key === "promise") return combinators(value as Record<string, AnyFunction>, next);
  if (key === "logger") return attributed(value, positions.owner, trace);
  if (typeof value !== "function") return value;
  const method = value.bind(target) as AnyFunction;
  const wrap = typeof key === "string" ? wrapperOf[key] : undefined;
  if (wrap === undefined) return method;
  return (...args: unknown[]) => {
    const position = next(String(key), args);
    return method(...args.map((arg) => wrap(arg, { position, outer: positions, trace })));
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
  return (arg: unknown, { position, trace }: Call): unknown => {
    if (typeof arg !== "function") return arg;
    const id = position + suffix;
    const inside = trace.inside(id, arg as AnyFunction);
    return async (...args: unknown[]) => {
      trace.ran(id);
      try {
        return await inside(...args.map((given) => withLogger(given, id, trace)));
      } catch (error) {
        trace.threw(id, error);
        throw error;
      }
    };
  };
}

/** The context given to a step, with its logger's lines attributed to it. */
function withLogger(given: unknown, id: string, trace: Trace): unknown {
  if (typeof given !== "object" || given === null || !("logger" in given)) return given;
  const logger = attributed(given.logger, id, trace);
  return new Proxy(given, {
    get: (target, key) => (key === "logger" ? logger : (Reflect.get(target, key, target) as unknown)),
  });
}

function attributed(logger: unknown, id: string | undefined, trace: Trace): unknown {
  if (typeof logger !== "object" || logger === null) return logger;
  return new Proxy(logger, {
    get(target, key) {
      const method: unknown = Reflect.get(target, key, target);
      if (typeof method !== "function") return method;
      return (...args: unknown[]) => trace.saying(id, () => (method as AnyFunction).apply(target, args));
    },
  });
}

function asIs(arg: unknown): unknown {
  return arg;
}

/** The index of the item of a map or a parallel that a function is called for, from its arguments. */
type IndexOf = (args: readonly unknown[]) => number;

function branchIn(branch: unknown, call: Call, indexOf: IndexOf): unknown {
  if (typeof branch === "function") return inContext(branch, call, indexOf);
  if (typeof branch !== "object" || branch === null || !("func" in branch)) return branch;
  return typeof branch.func === "function" ? { ...branch, func: inContext(branch.func, call, indexOf) } : branch;
}

/** The engine looks at how many parameters a function has, so the wrapped one has as many. */
function inContext(fn: unknown, { position, outer, trace }: Call, indexOf?: IndexOf): AnyFunction {
  const original = fn as AnyFunction;
  const wrapped: AnyFunction = (context, ...rest) => {
    const prefix = indexOf === undefined ? position : `${position}-${indexOf(rest) + 1}`;
    const own = new Positions(prefix);
    const inside = trace.inside(prefix, original);
    const run = (): unknown => inside(tracedContext(context as DurableContext, trace, own), ...rest);
    return indexOf !== undefined && original.length === 0 ? adopting({ outer, own }, run) : run();
  };
  return Object.defineProperty(wrapped, "length", { value: original.length });
}

/** Only until the branch first waits: beyond that, the engine in a browser adopts nothing either. */
function adopting<T>(positions: NonNullable<typeof adopted>, run: () => T): T {
  const before = adopted;
  adopted = positions;
  try {
    return run();
  } finally {
    adopted = before;
  }
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

/** The name of a program in stacks. */
export function scriptUrl(number: number): string {
  return `perdure-program-${number}.ts`;
}
