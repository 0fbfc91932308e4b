/**
 * The log of `perdure dev` while it runs: the lines of functions, and the outcomes of their invocations. All of it has
 * the time of the emulator's clock, as histories have, so that a line in one can be found in the other.
 */

import { Limits } from "../engine/machine/limits.ts";
import { causeFromFailure } from "../engine/model/errors.ts";
import { type ExecutionHeader, HaltReason } from "../engine/model/execution.ts";
import { NonDeterministicExecutionError } from "../engine/replay/faults.ts";
import type { FunctionOutput } from "../engine/runner/function.ts";
import { type Colour, printable, type Terminal } from "./terminal.ts";

/** A line of a durable function's logger: one JSON object. */
interface LogRecord {
  readonly timestamp: string;
  readonly level: string;
  readonly message: unknown;
  readonly operationName?: string;
}

export class DevLog {
  readonly #terminal: Terminal;
  #emulatedAt = (wall: number): number => wall;
  /** Why an invocation of an execution broke, from when `output` has heard it until `error` tells what becomes of it. */
  readonly #broken = new Map<string, { readonly thrown: string; readonly why: string }>();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** From now on it tells this clock's time, which answers for one of the wall's clock; both are ms since the epoch. */
  follow(clock: { readonly emulatedAt: (wall: number) => number }): void {
    this.#emulatedAt = (wall) => clock.emulatedAt(wall);
  }

  /** Prints a line that a function has written. */
  line(functionName: string, line: string): void {
    const record = parseRecord(line);
    const text = record === undefined ? line : printable(this.#recordText(record));
    this.#print(functionName, text);
  }

  notice(text: string): void {
    for (const line of text.split("\n")) this.#print("perdure", line);
  }

  /** Prints the outcome of an invocation, unless it was suspended, or broke: what becomes of that, `error` tells. */
  output({ id }: ExecutionHeader, output: FunctionOutput): void {
    if (output.status === "PENDING" || output.status === "FENCED") return;
    const why = "error" in output ? errorWords(output.error) : "";
    if (output.status !== "FAULT") return this.#tell(id, WORDS[output.status], why);
    this.#broken.set(id, { thrown: thrownText(causeFromFailure(output.error)), why });
  }

  /** What failed; `header` is the execution as it stands after that, if it is known. */
  error(executionId: string | undefined, error: unknown, header?: ExecutionHeader): void {
    if (error instanceof NonDeterministicExecutionError) return;
    const thrown = thrownText(error);
    const broken = this.#broken.get(executionId ?? "");
    if (executionId === undefined || broken?.thrown !== thrown)
      return this.#print(executionId ?? "perdure", printable(thrown));
    this.#broken.delete(executionId);
    this.#tell(executionId, faultWords(header), broken.why);
  }

  #tell(id: string, { word, colour }: Words, why: string): void {
    this.#print(id, this.#terminal.paint(printable(why === "" ? word : `${word}: ${why}`), colour));
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

interface Words {
  readonly word: string;
  readonly colour: Colour;
}

const WORDS: Readonly<Record<Exclude<FunctionOutput["status"], "PENDING" | "FENCED" | "FAULT">, Words>> = {
  SUCCEEDED: { word: "SUCCEEDED", colour: "green" },
  FAILED: { word: "FAILED", colour: "red" },
  BREACH: {
    word: "HALTED, the code no longer matches what is recorded (mend it, then perdure resume)",
    colour: "yellow",
  },
};

/** What becomes of an execution whose invocation broke: nothing of its own accord if it was halted, paused or stopped. */
function faultWords(header: ExecutionHeader | undefined): Words {
  const colour = "yellow";
  if (header?.halt?.reason === HaltReason.REPEATED_FAULTS) {
    const word = `HALTED, ${Limits.FAULTS_IN_A_ROW} invocations in a row broke and got nowhere (mend it, then perdure resume)`;
    return { word, colour };
  }
  return { word: header?.fault === undefined ? "broke" : "broke, and is tried again", colour };
}

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
