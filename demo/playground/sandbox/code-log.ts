/**
 * The lines that user code writes, through its console or a logger, and the operation that wrote each. A function that
 * the engine has called is that operation's until it first waits; after that the stack tells, since each of these
 * functions is called by one with a name of its own, which stays in the stack across awaits.
 */

/** The operation that the code belongs to, or the handler itself when there is no `id`. */
export interface CodePlace {
  readonly executionId: string;
  /** The operation's position. */
  readonly id?: string;
}

export const LOG_LEVELS = ["debug", "log", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Said {
  readonly level: LogLevel;
  readonly text: string;
  readonly place: CodePlace | undefined;
  /** The stack of the call that wrote the line. */
  readonly stack: string;
}

type AnyFunction = (...args: unknown[]) => unknown;

const TAG = "perdureOperation";
/** Longer texts are cut, in UTF-16 code units. */
const LONGEST = 20_000;

export class CodeLog {
  readonly #places: CodePlace[] = [];
  #current: CodePlace | undefined;

  /** Attributes the lines of `fn` to `place`, while it runs and after it has waited. */
  at(place: CodePlace, fn: AnyFunction): AnyFunction {
    const name = `${TAG}${this.#places.push(place) - 1}_`;
    const named = {
      async [name](...args: unknown[]): Promise<unknown> {
        return await fn(...args);
      },
    };
    const called = named[name];
    if (called === undefined) return fn;
    return (...args) => this.within(place, () => called(...args));
  }

  /** Attributes the lines until `run` comes back to `place`. */
  within<T>(place: CodePlace, run: () => T): T {
    const before = this.#current;
    this.#current = place;
    try {
      return run();
    } finally {
      this.#current = before;
    }
  }

  /** Tells what the console is told, and leaves it told there too. */
  listenTo(console: Pick<Console, LogLevel>, onSaid: (said: Said) => void): void {
    for (const level of LOG_LEVELS) {
      const write = console[level].bind(console);
      console[level] = (...params: unknown[]) => {
        write(...params);
        const stack = new Error("said").stack ?? "";
        onSaid({ level, text: textOf(params), place: this.#current ?? this.#placeIn(stack), stack });
      };
    }
  }

  #placeIn(stack: string): CodePlace | undefined {
    const [, index] = new RegExp(`${TAG}(\\d+)_`).exec(stack) ?? [];
    return index === undefined ? undefined : this.#places[Number(index)];
  }
}

function textOf(params: readonly unknown[]): string {
  const text = params.map(wordOf).join(" ");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} … (${text.length - LONGEST} more characters)` : text;
}

function wordOf(value: unknown): string {
  if (typeof value === "string") return messageOf(value);
  if (value instanceof Error) return value.stack ?? `${value.name}: ${value.message}`;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

/** Of a line of the default logger, which says whose it is as well, the message alone. */
function messageOf(text: string): string {
  if (!text.startsWith('{"requestId"')) return text;
  try {
    const { message, errorMessage, stackTrace } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const trace = Array.isArray(stackTrace) ? stackTrace.join("\n") : undefined;
    const parts = [message, message === errorMessage ? undefined : errorMessage, trace];
    return parts.flatMap((part) => (part === undefined ? [] : [asText(part)])).join("\n");
  } catch {
    return text;
  }
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
