/** The outputs of a command: results go to the standard output, progress and failures beside it. */

export type Colour = "red" | "green" | "yellow" | "cyan" | "dim" | "bold";

const CODES: Readonly<Record<Colour, number>> = { red: 31, green: 32, yellow: 33, cyan: 36, dim: 2, bold: 1 };

/** As much of a stream as is needed. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface TerminalOptions {
  readonly out: Output;
  readonly err: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Of a line that no terminal breaks. */
const WIDE = Number.POSITIVE_INFINITY;

export class Terminal {
  /** The number of characters in a line of the standard output. */
  readonly width: number;
  readonly #options: TerminalOptions;
  readonly #hasColours: boolean;

  constructor(options: TerminalOptions) {
    const { out, env } = options;
    this.#options = options;
    this.width = out.isTTY === true ? (out.columns ?? 80) : WIDE;
    this.#hasColours = out.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  }

  /** A line of the result. */
  print(line = ""): void {
    this.#options.out.write(`${line}\n`);
  }

  json(value: unknown): void {
    this.print(JSON.stringify(value, null, 2));
  }

  /** A line that is no part of the result. */
  note(line: string): void {
    this.#options.err.write(`${line}\n`);
  }

  paint(text: string, colour: Colour | undefined): string {
    return colour === undefined || !this.#hasColours ? text : `\u001b[${CODES[colour]}m${text}\u001b[0m`;
  }
}

/** Names and payloads come from outside: none of them may steer the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, " ");
}
