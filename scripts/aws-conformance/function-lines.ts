/**
 * The lines that functions write. Functions of one process have their own `console` and `process` each, which
 * `bundle.ts` gives them.
 */

import { format } from "node:util";

const METHODS = ["debug", "log", "info", "warn", "error"] as const;

interface Line {
  /** Undefined for the SDKs' own loggers, which write to the output of all. */
  readonly by: string | undefined;
  readonly text: string;
}

const written: Line[] = [];

/** The lines that a function may have written, in the order of the writing. */
export function linesOf(functionName: string): readonly string[] {
  return written.filter(({ by }) => by === undefined || by === functionName).map(({ text }) => text);
}

/** Before a run whose functions are called as those of an earlier one. */
export function forgetLines(): void {
  written.length = 0;
}

export function globalsOf(functionName: string): { readonly console: object; readonly process: object } {
  return {
    console: consoleOf(functionName),
    process: {
      ...process,
      stdout: { write: (text: string) => write(text, functionName) },
      exit: () => {
        throw new Error("The function has no process of its own that it could end here");
      },
    },
  };
}

/** Takes what this process writes, until the function that it answers is called. */
export function takeOutput(): () => void {
  const streams = [process.stdout, process.stderr];
  for (const stream of streams) {
    stream.write = (text) => {
      write(String(text), undefined);
      return true;
    };
  }
  // Without it the stream has the method of its class again.
  return () => streams.forEach((stream) => Reflect.deleteProperty(stream, "write"));
}

function consoleOf(functionName: string): object {
  const log = (...args: unknown[]): void => write(format(...args), functionName);
  return Object.fromEntries(METHODS.map((method) => [method, log]));
}

function write(text: string, by: string | undefined): void {
  written.push(
    ...text
      .trimEnd()
      .split("\n")
      .map((line) => ({ by, text: line })),
  );
}
