/**
 * The causes of an error, and the errors of an AggregateError, as lines of the stack trace: the one place that AWS's
 * wire has for them. Two spaces at the beginning of a line stand for each level.
 *
 * ```
 * Caused by TypeError: fetch failed
 *   Caused by Error: connect ECONNREFUSED
 * Error 1 of 2: RangeError: too far
 * ```
 */

const MOST_LINES = 50;
const INDENT = "  ";
const LINE = /^((?: {2})*)(?:Caused by|(Error \d+ of \d+:)) ([^:\n]*): ([^]*)$/;

/** Errors whose message repeats what their cause says. */
export const tellingErrors: WeakSet<object> = new WeakSet<object>();

/** Errors around the one at hand are not told again: an error may be its own cause. */
export function causeLines(error: object): string[] {
  const lines: string[] = [];
  if (tellingErrors.has(error)) return lines;
  append(lines, error, [error]);
  return lines;
}

function append(lines: string[], error: object, around: readonly unknown[]): void {
  const indent = INDENT.repeat(around.length - 1);
  const tell = (how: string, inner: unknown): void => {
    if (lines.length >= MOST_LINES || around.includes(inner)) return;
    lines.push(`${indent}${how} ${headline(inner)}`);
    if (inner instanceof Error) append(lines, inner, [...around, inner]);
  };
  const { cause } = error as { readonly cause?: unknown };
  if (cause !== undefined && cause !== null) tell("Caused by", cause);
  if (!(error instanceof AggregateError)) return;
  const inner: readonly unknown[] = error.errors;
  inner.forEach((each, index) => tell(`Error ${index + 1} of ${inner.length}:`, each));
}

function headline(inner: unknown): string {
  if (inner instanceof Error) return `${String(inner.name).replaceAll(/[:\n]/g, " ")}: ${inner.message}`;
  const told: unknown = typeof inner === "object" ? JSON.stringify(inner) : inner;
  return `Error: ${String(told)}`;
}

/** Gives an error the causes that the lines tell of. Other lines, such as those of a stack, tell of none. */
export function restoreCauses(error: Error, lines: readonly string[]): void {
  const path: Error[] = [error];
  for (const line of lines) {
    const [, indent = "", isOneOfSeveral, name = "", message = ""] = LINE.exec(line) ?? [];
    const depth = indent.length / INDENT.length;
    const holder = path[depth];
    if (name === "" || holder === undefined) continue;
    const inner = errorOf(name, message);
    path.splice(depth + 1, path.length, inner);
    if (isOneOfSeveral === undefined) holder.cause = inner;
    else errorsOf(holder).push(inner);
  }
}

function errorOf(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  (error as { stack: string | undefined }).stack = undefined;
  return error;
}

function errorsOf(holder: Error & { errors?: Error[] }): Error[] {
  holder.errors ??= [];
  return holder.errors;
}
