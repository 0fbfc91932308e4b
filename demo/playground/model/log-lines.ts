/** The lines and errors of the code since the page was opened, by execution and operation. */

import type { LogLine, Thrown } from "../sandbox/protocol.ts";

/** The newest ones of an execution that are kept. */
const MOST_LINES = 500;

export class LogLines {
  readonly #lines = new Map<string, LogLine[]>();
  readonly #thrown = new Map<string, Thrown>();

  say(line: LogLine): void {
    const lines = this.#lines.get(line.executionId) ?? [];
    lines.push(line);
    if (lines.length > MOST_LINES) lines.splice(0, lines.length - MOST_LINES);
    this.#lines.set(line.executionId, lines);
  }

  throw(thrown: Thrown): void {
    this.#thrown.set(keyOf(thrown.executionId, thrown.id), thrown);
  }

  /** Of an operation and those in it; of the whole execution where none is named. */
  of(executionId: string, operationId?: string): readonly LogLine[] {
    const lines = this.#lines.get(executionId) ?? [];
    if (operationId === undefined) return lines;
    return lines.filter(({ id }) => id === operationId || id?.startsWith(`${operationId}-`) === true);
  }

  /** The last error of an operation as the code threw it; of the handler where no operation is named. */
  thrownBy(executionId: string, operationId?: string): Thrown | undefined {
    return this.#thrown.get(keyOf(executionId, operationId));
  }

  forget(executionId: string): void {
    this.#lines.delete(executionId);
  }
}

function keyOf(executionId: string, operationId = ""): string {
  return `${executionId}\n${operationId}`;
}
