/**
 * What `perdure dev` says while it runs: what functions write, and how their executions fare. All of it has the time of the
 * emulator's clock, as histories have: whoever looks for a line in one finds it in the other.
 */

import { causeFromFailure } from "../engine/model/errors.ts";
import type { ExecutionHeader } from "../engine/model/execution.ts";
import { NonDeterministicExecutionError } from "../engine/replay/faults.ts";
import type { FunctionOutput } from "../engine/runner/function.ts";
import { type Colour, printable, type Terminal } from "./terminal.ts";

/** What a durable function's logger writes: one JSON object a line. */
interface LogRecord {
  readonly timestamp: string;
  readonly level: string;
  readonly message: unknown;
  readonly operationName?: string;
}

export class DevLog {
  readonly #terminal: Terminal;
  #emulatedAt = (wall: number): number => wall;
  /** Why an invocation of an execution broke, from when `output` has told it until `error` hears of it, too. */
  readonly #broken = new Map<string, string>();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** From now on it tells this clock's time, which answers for one of the wall's clock; both are ms since the epoch. */
  follow(clock: { readonly emulatedAt: (wall: number) => number }): void {
    this.#emulatedAt = (wall) => clock.emulatedAt(wall);
  }

  /** What a function has written. */
  line(functionName: string, line: string): void {
    const record = parseRecord(line);
    const text = record === undefined ? line : printable(this.#recordText(record));
    this.#print(functionName, text);
  }

  notice(text: string): void {
    for (const line of text.split("\n")) this.#print("perdure", line);
  }

  /** How an invocation has ended, unless it waits for what is to come. */
  output({ id }: ExecutionHeader, output: FunctionOutput): void {
    if (output.status === "PENDING" || output.status === "FENCED") return;
    const { word, colour } = WORDS[output.status];
    const why = "error" in output ? errorWords(output.error) : "";
    if (output.status === "FAULT") this.#broken.set(id, thrownText(causeFromFailure(output.error)));
    this.#print(id, this.#terminal.paint(printable(why === "" ? word : `${word}: ${why}`), colour));
  }

  error(executionId: string | undefined, error: unknown): void {
    const text = thrownText(error);
    if (!this.#isTold(executionId, error, text)) this.#print(executionId ?? "perdure", printable(text));
  }

  /** True for what `output` has told of, and what becomes of it. */
  #isTold(executionId: string | undefined, error: unknown, text: string): boolean {
    if (error instanceof NonDeterministicExecutionError) return true;
    if (executionId === undefined || this.#broken.get(executionId) !== text) return false;
    return this.#broken.delete(executionId);
  }

  #print(source: string, text: string): void {
    const time = this.#timeText(Date.now());
    this.#terminal.print(`${this.#terminal.paint(`${time} ${source} |`, "dim")} ${text}`);
  }

  #recordText({ timestamp, level, operationName, message }: LogRecord): string {
    const text = typeof message === "string" ? message : JSON.stringify(message);
    const time = this.#timeText(Date.parse(timestamp));
    return `${time} ${level.padEnd(5)} ${operationName === undefined ? "" : `${operationName}: `}${text}`;
  }

  #timeText(wall: number): string {
    return new Date(this.#emulatedAt(wall)).toTimeString().slice(0, 8);
  }
}

const WORDS: Readonly<
  Record<Exclude<FunctionOutput["status"], "PENDING" | "FENCED">, { readonly word: string; readonly colour: Colour }>
> = {
  SUCCEEDED: { word: "SUCCEEDED", colour: "green" },
  FAILED: { word: "FAILED", colour: "red" },
  FAULT: { word: "broke, and is tried again", colour: "yellow" },
  BREACH: {
    word: "HALTED, the code no longer matches what is recorded (mend it, then perdure resume)",
    colour: "yellow",
  },
};

function thrownText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function errorWords(error: Error | { readonly errorType?: string; readonly errorMessage?: string }): string {
  if (error instanceof Error) return error.message;
  return [error.errorType, error.errorMessage].filter((part) => part !== undefined).join(": ");
}

function parseRecord(line: string): LogRecord | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const record = JSON.parse(line) as Partial<LogRecord>;
    if (typeof record.timestamp !== "string" || typeof record.level !== "string") return undefined;
    return Number.isNaN(Date.parse(record.timestamp)) ? undefined : (record as LogRecord);
  } catch {
    return undefined;
  }
}
