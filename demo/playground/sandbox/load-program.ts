import * as perdure from "perdure";
import * as schedules from "perdure/schedules";
import { type LoadedFunction, type Program, type ProgramFailure } from "./protocol.ts";
import { type AnyFunction, lineOfStack, scriptUrl, type Trace, tracedContext } from "./traced-context.ts";

type Handler = (event: unknown, context: never) => Promise<unknown>;

export interface LoadedProgram {
  readonly functions: Readonly<Record<string, Handler>>;
  readonly loaded: readonly LoadedFunction[];
  readonly failure?: ProgramFailure;
}

interface ProgramScope {
  perdureProgram?: (require: (name: string) => unknown, exports: Record<string, unknown>) => void;
  importScripts(url: string): void;
}

let programs = 0;

/** Runs a compiled file and takes its exported functions: their names are the functions' names. */
export function loadProgram(program: Program, traceOf: (arn: string) => Trace): LoadedProgram {
  const exports: Record<string, unknown> = {};
  try {
    evaluate(program.script)((name) => requireModule(name, traceOf), exports);
  } catch (error) {
    return { functions: {}, loaded: [], failure: failureOf(program.file, error) };
  }
  const entries = Object.entries(exports).filter((entry): entry is [string, Handler] => typeof entry[1] === "function");
  return {
    functions: Object.fromEntries(entries),
    loaded: entries.map(([name]) => ({ name, file: program.file })),
  };
}

/** As a script of its own, so that its lines are those of the editor, and nothing is evaluated from text. */
function evaluate(script: string): NonNullable<ProgramScope["perdureProgram"]> {
  const scope = globalThis as unknown as ProgramScope;
  const text = `self.perdureProgram = (require, exports) => {${script}\n};\n//# sourceURL=${scriptUrl(++programs)}`;
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    scope.importScripts(url);
  } finally {
    URL.revokeObjectURL(url);
  }
  const program = scope.perdureProgram;
  if (program === undefined) throw new Error("The program did not load.");
  delete scope.perdureProgram;
  return program;
}

function requireModule(name: string, traceOf: (arn: string) => Trace): unknown {
  if (name === "perdure") return { ...perdure, withDurableExecution: watched(traceOf) };
  if (name === "perdure/schedules") return schedules;
  throw new Error(`Only "perdure" and "perdure/schedules" can be imported here, not "${name}".`);
}

function watched(traceOf: (arn: string) => Trace): typeof perdure.withDurableExecution {
  return (handler, config) =>
    perdure.withDurableExecution((event, context) => {
      const trace = traceOf(context.executionContext.durableExecutionArn);
      trace.began();
      const inside = trace.inside(undefined, handler as AnyFunction);
      return Promise.resolve(inside(event, tracedContext(context, trace))).catch((error: unknown) => {
        trace.threw(undefined, error);
        throw error;
      }) as never;
    }, config);
}

function failureOf(file: string, error: unknown): ProgramFailure {
  const line = error instanceof Error ? lineOfStack(error.stack) : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return { file, message, ...(line === undefined ? {} : { line }) };
}
