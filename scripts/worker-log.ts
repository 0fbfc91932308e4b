/**
 * The output of a local Worker, line by line: in a file that only this user can read, without credentials, signatures and
 * callback ids, and of limited length. A full file is moved to `<path>.1`, in place of the one before, and a new one
 * begins.
 */

import { appendFileSync, chmodSync, existsSync, renameSync, statSync, writeFileSync } from "node:fs";
import { redactCallbackIds } from "../src/lambda-compat/http/redaction.ts";

export interface WorkerLogOptions {
  readonly path: string;
  /** 5 MB by default. */
  readonly maxBytes?: number;
  /** Gets each line as it is written. */
  readonly onLine?: ((line: string) => void) | undefined;
}

const MAX_BYTES = 5_000_000;
/** Of what is held in memory for the case that a start fails. */
const TAIL_CHARACTERS = 20_000;
const SECRET_IN_QUERY = /(X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s"'\\]+/gi;

export class WorkerLog {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #onLine: ((line: string) => void) | undefined;
  #bytes: number;
  /** The last lines. */
  tail = "";

  constructor({ path, maxBytes = MAX_BYTES, onLine }: WorkerLogOptions) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#onLine = onLine;
    // One that an earlier version has left may be readable by others.
    if (existsSync(path)) chmodSync(path, 0o600);
    else writeFileSync(path, "", { mode: 0o600 });
    this.#bytes = statSync(path).size;
  }

  /** Takes the pieces of one stream; what ends in no line is kept until the next piece, or until `end`. */
  collector(): { take(piece: string): void; end(): void } {
    let rest = "";
    return {
      take: (piece) => {
        const lines = (rest + piece).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) this.#write(line);
      },
      end: () => {
        if (rest !== "") this.#write(rest);
        rest = "";
      },
    };
  }

  #write(line: string): void {
    const told = redactCallbackIds(line).replaceAll(SECRET_IN_QUERY, "$1redacted");
    const text = `${told}\n`;
    const bytes = Buffer.byteLength(text);
    if (this.#bytes > 0 && this.#bytes + bytes > this.#maxBytes) this.#rotate();
    appendFileSync(this.#path, text);
    this.#bytes += bytes;
    this.tail = (this.tail + text).slice(-TAIL_CHARACTERS);
    this.#onLine?.(told);
  }

  #rotate(): void {
    renameSync(this.#path, `${this.#path}.1`);
    writeFileSync(this.#path, "", { mode: 0o600 });
    this.#bytes = 0;
  }
}
