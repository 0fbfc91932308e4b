/**
 * Lines of handlers, kept in memory for those who look at an execution: the newest ones, within bounds. Whoever needs
 * all of them for long has a service for that, and gives it to the face as another `LogSource`.
 */

import { executionIdOf, parseExecutionArn } from "../arn.ts";
import { startOfWord } from "./words.ts";
import type { LogLine, LogPage, LogPageQuery, LogSource } from "./log-source.ts";

/** The limits of the lines that are kept. */
export interface KeptLogsOptions {
  /** Lines of one execution; 1,000 by default. The oldest go first. */
  readonly linesOfEach?: number;
  /** Characters of the lines of one execution; 1 Mi by default. The oldest lines go first. */
  readonly charactersOfEach?: number;
  /** Characters of all lines together; 16 Mi by default. Executions that wrote nothing for longest go first. */
  readonly characters?: number;
  /** For how long an execution that writes nothing more is kept, in ms; 24 hours by default. */
  readonly keptMs?: number;
  /**
   * The number of an execution's first line; 1 by default. Who begins anew, and does not know what was kept before, gives
   * a higher one than any that was given out: whoever has read on to a line then misses none of those that come.
   */
  readonly firstNumber?: number;
  /** The time to show for a time of the handler, both ms since the epoch; the same by default. */
  readonly timeOf?: (written: number) => number;
}

interface Kept {
  readonly lines: LogLine[];
  /** The number of the last line that ever was. */
  last: number;
  /** From when on all lines are here, as it is shown. */
  since: number;
  characters: number;
  /** When the last line came, in ms of a clock that is never put back. */
  lastAt: number;
}

const LINES_OF_EACH = 1_000;
const CHARACTERS_OF_EACH = 1024 * 1024;
const CHARACTERS = 16 * 1024 * 1024;
const KEPT_MS = 24 * 60 * 60 * 1000;
/** A longer line is cut. */
const LONGEST_LINE = 8_192;

/**
 * Keeps the newest lines that handlers wrote.
 *
 * @example
 * ```ts
 * const logs = new KeptLogs();
 * const face = createHttpFace({ client, credentials, logs });
 * logs.add(line); // each line that the default logger of a handler wrote
 * ```
 */
export class KeptLogs implements LogSource {
  readonly #linesOfEach: number;
  readonly #mostOfEach: number;
  readonly #most: number;
  readonly #keptMs: number;
  readonly #firstNumber: number;
  readonly #timeOf: (written: number) => number;
  /** By execution and incarnation; the one that wrote last is the last. */
  readonly #kept = new Map<string, Kept>();
  #characters = 0;
  /** From when on all lines of an execution are here of which there are none yet. */
  #since: number;

  constructor(options: KeptLogsOptions = {}) {
    this.#linesOfEach = options.linesOfEach ?? LINES_OF_EACH;
    this.#mostOfEach = options.charactersOfEach ?? CHARACTERS_OF_EACH;
    this.#most = options.characters ?? CHARACTERS;
    this.#keptMs = options.keptMs ?? KEPT_MS;
    this.#firstNumber = options.firstNumber ?? 1;
    this.#timeOf = options.timeOf ?? ((at) => at);
    this.#since = this.#timeOf(Date.now());
  }

  /**
   * Keeps a line. One of the default logger says itself which execution and operation it is of; of any other only the
   * execution is known, by the ARN that is given beside it. Code may print what strangers have sent, so a line that names
   * another execution than the ARN beside it is a text like any other, and none is from the future. Answers false for one
   * of no execution, which is not kept.
   */
  add(line: string, executionArn?: string): boolean {
    const found = recordIn(line);
    const record = found?.executionArn === (executionArn ?? found?.executionArn) ? found : undefined;
    const arn = parseExecutionArn(record?.executionArn ?? executionArn ?? "");
    if (arn === undefined) return false;
    const { operationId, attempt } = record ?? {};
    this.#keep(keyOf({ id: executionIdOf(arn), incarnation: arn.incarnation }), {
      at: this.#timeOf(record === undefined ? Date.now() : Math.min(Date.parse(record.timestamp), Date.now())),
      level: record?.level ?? "INFO",
      text: cut(record === undefined ? line : textOf(record)),
      ...(typeof operationId === "string" && { operationId }),
      ...(typeof attempt === "number" && { attempt }),
    });
    return true;
  }

  lines(execution: { readonly id: string; readonly incarnation: string }, query: LogPageQuery): LogPage {
    this.#forgetOld(performance.now());
    const { lines, last, since } = this.#kept.get(keyOf(execution)) ?? this.#none();
    const from = Math.max(0, query.after - (last - lines.length));
    const page = lines.slice(from, from + query.limit);
    return { lines: page, more: from + page.length < lines.length, since };
  }

  #keep(key: string, line: Omit<LogLine, "number">): void {
    const now = performance.now();
    const kept = this.#kept.get(key) ?? this.#none();
    kept.lastAt = now;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    kept.lines.push({ number: ++kept.last, ...line });
    this.#count(kept, line.text.length);
    if (kept.lines.length > this.#linesOfEach) this.#drop(kept);
    while (kept.characters > this.#mostOfEach) this.#drop(kept);
    this.#forgetOld(now);
    this.#makeRoom();
  }

  #none(): Kept {
    return { lines: [], last: this.#firstNumber - 1, since: this.#since, characters: 0, lastAt: 0 };
  }

  #forgetOld(now: number): void {
    for (const [key, oldest] of this.#kept) {
      if (now - oldest.lastAt < this.#keptMs) return;
      this.#forget(key, oldest);
    }
  }

  #forget(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#characters -= kept.characters;
    this.#since = Math.max(this.#since, kept.since, kept.lines.at(-1)?.at ?? 0);
  }

  #makeRoom(): void {
    for (const [key, oldest] of this.#kept) {
      if (this.#characters <= this.#most) return;
      if (this.#kept.size > 1) this.#forget(key, oldest);
      else while (this.#characters > this.#most) this.#drop(oldest);
    }
  }

  #drop(kept: Kept): void {
    const line = kept.lines.shift();
    if (line === undefined) return;
    this.#count(kept, -line.text.length);
    kept.since = Math.max(kept.since, line.at);
  }

  #count(kept: Kept, characters: number): void {
    kept.characters += characters;
    this.#characters += characters;
  }
}

function keyOf({ id, incarnation }: { readonly id: string; readonly incarnation: string }): string {
  return `${id} ${incarnation}`;
}

/**
 * As a text of its own: a slice would keep the whole text in memory. The cut is before a word, since the half of a
 * callback's id would not be known for one when it is to be redacted.
 */
function cut(text: string): string {
  if (text.length <= LONGEST_LINE) return text;
  const end = startOfWord(text, LONGEST_LINE);
  return JSON.parse(JSON.stringify(text.slice(0, end))) as string;
}

/** A line of the default logger: one JSON object. */
interface LogRecord {
  readonly timestamp: string;
  readonly level: string;
  readonly message?: unknown;
  readonly executionArn?: string;
  readonly operationId?: unknown;
  readonly attempt?: unknown;
  readonly stackTrace?: unknown;
}

/** Undefined for a line that no logger of this package wrote. */
function recordIn(line: string): LogRecord | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const record = JSON.parse(line) as Partial<LogRecord>;
    const { timestamp, level, executionArn } = record;
    const isOne = typeof timestamp === "string" && typeof level === "string" && typeof executionArn === "string";
    return isOne && !Number.isNaN(Date.parse(timestamp)) ? (record as LogRecord) : undefined;
  } catch {
    return undefined;
  }
}

function textOf({ message, stackTrace }: LogRecord): string {
  const text = typeof message === "string" ? message : (JSON.stringify(message) ?? "");
  return Array.isArray(stackTrace) ? [text, ...stackTrace.map(String)].join("\n") : text;
}
