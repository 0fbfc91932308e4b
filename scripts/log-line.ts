/** A line of a workflow's logger: one JSON object. */
interface LogRecord {
  readonly timestamp: string;
  readonly level: string;
  readonly message: unknown;
  readonly operationName?: string;
}

/** A line of the Worker's output for people, or undefined if no workflow wrote it. */
export function formatLogLine(line: string): string | undefined {
  const record = parseRecord(line);
  if (record === undefined) return undefined;
  const { timestamp, level, operationName, message } = record;
  const text = typeof message === "string" ? message : JSON.stringify(message);
  const time = new Date(timestamp).toTimeString().slice(0, 8);
  return printable(`${time} ${level.padEnd(5)} ${operationName === undefined ? "" : `${operationName}: `}${text}`);
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

/** Names and payloads come from outside: none of them may steer the terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, " ");
}
