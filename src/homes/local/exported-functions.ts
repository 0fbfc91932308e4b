/** The exports of a module that are functions to run, and their kinds. */

import { durableFunctionOf } from "../../lambda-compat/hosted-invocation.ts";
import type { ExportedFunction, FunctionKind } from "./process-messages.ts";

/** Of any SDK, or of none. */
export type Handler = (event: unknown, context: unknown) => Promise<unknown>;

export type HandlerModule = Readonly<Record<string, unknown>>;

export interface ExportQuestion {
  /**
   * True if the module, or one of its imports, has loaded AWS's SDK: nothing shows which of its functions are durable.
   */
  readonly usesAwsSdk: boolean;
  /** The one that was asked for; empty for all. */
  readonly exportName: string;
}

/** The exports that Lambda's users call a handler. */
const HANDLERS = ["handler", "default"];

/**
 * All that perdure's `withDurableExecution` returned, by whatever name. Where there is none, `handler` or the default: of
 * AWS's SDK, or an ordinary handler for others to invoke. One that was asked for by name is taken by that name.
 *
 * @throws {TypeError} if there is nothing to run.
 */
export function exportedFunctions(module: HandlerModule, question: ExportQuestion): readonly ExportedFunction[] {
  const names = namesOf(module);
  const asked = question.exportName === "" ? names : names.filter((name) => name === question.exportName);
  const marked = asked.filter((name) => durableFunctionOf(exportOf(module, name)) !== undefined);
  if (marked.length > 0) return marked.map((exportName) => ({ exportName, kind: "durable" }));
  const [fallback] = question.exportName === "" ? HANDLERS.filter((name) => asked.includes(name)) : asked;
  if (fallback === undefined) throw nothingToRun(names, question.exportName);
  const kind: FunctionKind = question.usesAwsSdk ? "durable" : "plain";
  return [{ exportName: fallback, kind }];
}

export function handlerOf(module: HandlerModule, name: string): Handler | undefined {
  const value = exportOf(module, name);
  return typeof value === "function" ? (value as Handler) : undefined;
}

/** CommonJS comes as its default; what it exports by name may be known only there. */
function exportOf(module: HandlerModule, name: string): unknown {
  return module[name] ?? commonJsExports(module)[name];
}

function namesOf(module: HandlerModule): readonly string[] {
  const names = [...new Set([...Object.keys(module), ...Object.keys(commonJsExports(module))])];
  const functions = names.filter((name) => typeof exportOf(module, name) === "function");
  // One that has two names counts once, by that which says more.
  const order = functions.toSorted((a, b) => Number(a === "default") - Number(b === "default"));
  return order.filter(
    (name, index) => order.findIndex((other) => exportOf(module, other) === exportOf(module, name)) === index,
  );
}

function commonJsExports(module: HandlerModule): HandlerModule {
  const { default: exported } = module;
  return typeof exported === "object" && exported !== null ? (exported as HandlerModule) : {};
}

function nothingToRun(names: readonly string[], asked: string): TypeError {
  const found = names.length === 0 ? "It exports no function at all." : `It exports ${names.join(", ")}.`;
  const what = asked === "" ? "no durable function" : `no function "${asked}"`;
  return new TypeError(
    `The file exports ${what}: export what withDurableExecution returns, by any name, or a handler of AWS's SDK as ` +
      `"handler" or as the default. ${found}`,
  );
}
