import type { JSX } from "preact";
import { clockTime } from "./labels.ts";

/** A line that the code wrote. */
export interface ShownLogLine {
  readonly level: string;
  readonly text: string;
  /** Ms since the epoch. */
  readonly at: number;
  readonly line?: number;
  /** The operation that it comes from, where that is not plain. */
  readonly from?: string | undefined;
}

export interface LogLinesProps {
  readonly lines: readonly ShownLogLine[];
  readonly onLine: (line: number) => void;
}

/** The newest ones. */
const MOST_SHOWN = 100;

/** The lines that the code wrote to its console and its loggers. */
export function LogLinesList({ lines, onLine }: LogLinesProps): JSX.Element | null {
  if (lines.length === 0) return null;
  return (
    <section aria-label="Log lines">
      <h3>Log lines</h3>
      <ol class="log-lines">
        {lines.slice(-MOST_SHOWN).map(({ level, text, at, line, from }, index) => (
          <li key={index} class={`log-line log-${level}`}>
            <time class="hint" dateTime={new Date(at).toISOString()}>
              {clockTime(at)}
            </time>
            {from !== undefined && <span class="hint">{from}</span>}
            <span class="code">{text}</span>
            {line !== undefined && (
              <button type="button" class="quiet small" onClick={() => onLine(line)}>
                line {line}
              </button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
