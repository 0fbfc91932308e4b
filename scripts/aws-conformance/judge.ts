/**
 * Holds a history, a result and log lines against a requirement, as AWS's own judge does: events by their ids, and of
 * each only what the requirement names.
 */

import type { Placeholders } from "./placeholders.ts";
import type { ExpectedEvent, ExpectedLog, ExpectedResult, HistoryEvent, LogFields } from "./requirement.ts";

/** The outcome of an execution. */
export interface Outcome {
  readonly status: string | undefined;
  /** As JSON. */
  readonly result?: string | undefined;
  readonly error?: unknown;
}

/** The differences; none if all is as required. */
export function judgeHistory(
  expected: readonly ExpectedEvent[],
  actual: readonly HistoryEvent[],
  placeholders: Placeholders,
): readonly string[] {
  const byId = new Map(actual.map((event) => [event.EventId, event]));
  return expected.flatMap((event) => {
    const at = `event ${event.EventId}`;
    const found = byId.get(event.EventId);
    if (found === undefined) return [`${at}: there is none, but ${String(event["EventType"])} is expected`];
    return differences(event, found, at, placeholders);
  });
}

export function judgeOutcome(expected: ExpectedResult, actual: Outcome, placeholders: Placeholders): readonly string[] {
  if (expected.ExecutionStatus !== undefined && expected.ExecutionStatus !== actual.status) {
    return [`the execution is ${actual.status}, expected ${expected.ExecutionStatus}`];
  }
  if (actual.status !== "SUCCEEDED") {
    return "Error" in expected ? differences(expected.Error, actual.error, "the error", placeholders) : [];
  }
  if (!("Result" in expected)) return [];
  const wanted = JSON.stringify(sorted(placeholders.fill(expected.Result)));
  const got = JSON.stringify(sorted(parsed(actual.result)));
  return got === wanted ? [] : [`the result is ${got}, expected ${wanted}`];
}

export function judgeLogs(
  expected: readonly ExpectedLog[],
  lines: readonly string[],
  placeholders: Placeholders,
): readonly string[] {
  const records = lines.map(recordOf);
  return expected.flatMap((log) => {
    const { pattern, match, count, min_count: least = 1, after = [] } = placeholders.fill(log);
    const isMatch = (index: number): boolean =>
      match === undefined ? (lines[index] ?? "").includes(pattern ?? "") : hasFields(records[index], match);
    const found = [...lines.keys()].filter(isMatch);
    const what = JSON.stringify(match ?? pattern);
    const early = after.filter((fields) => {
      const before = records.findIndex((record) => hasFields(record, fields));
      return before < 0 || before > (found[0] ?? before);
    });
    const isEnough = count === undefined ? found.length >= least : found.length === count;
    return [
      ...(isEnough ? [] : [`${found.length} log lines are ${what}, expected ${count ?? `at least ${least}`}`]),
      ...early.map((fields) => `the log line ${what} does not come after ${JSON.stringify(fields)}`),
    ];
  });
}

function differences(expected: unknown, actual: unknown, path: string, placeholders: Placeholders): readonly string[] {
  if (expected === "*" || isEmptyObject(expected)) return [];
  if (typeof expected === "string") return textDifference(expected, actual, path, placeholders);
  if (isRecord(expected) && isRecord(actual)) {
    return Object.entries(expected).flatMap(([key, value]) =>
      actual[key] === undefined
        ? [`${path}.${key} is missing`]
        : differences(value, actual[key], `${path}.${key}`, placeholders),
    );
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    return expected.flatMap((item, index) => differences(item, actual[index], `${path}[${index}]`, placeholders));
  }
  return expected === actual ? [] : [difference(path, actual, expected)];
}

function textDifference(
  expected: string,
  actual: unknown,
  path: string,
  placeholders: Placeholders,
): readonly string[] {
  const [, pattern] = /^\$\{\/(.+)\/\}$/s.exec(expected) ?? [];
  if (pattern !== undefined) {
    return expression(pattern).test(String(actual)) ? [] : [difference(path, actual, pattern)];
  }
  const [, name] = /^\$\{(.+)\}$/s.exec(expected) ?? [];
  if (name !== undefined) {
    return placeholders.settle(name, actual) ? [] : [difference(path, actual, placeholders.fill(expected))];
  }
  const filled = placeholders.fill(expected);
  return filled === actual ? [] : [difference(path, actual, filled)];
}

function difference(path: string, actual: unknown, expected: unknown): string {
  return `${path} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`;
}

/** Python writes its flags in front: `(?i)`. */
function expression(pattern: string): RegExp {
  const [, flags = "", rest = pattern] = /^\(\?([is]+)\)(.*)$/s.exec(pattern) ?? [];
  return new RegExp(rest, flags);
}

/** A line of JSON has fields; any other is a message. */
function recordOf(line: string): LogFields {
  const value = parsed(line);
  return isRecord(value) ? value : { message: line };
}

function hasFields(record: LogFields | undefined, fields: LogFields): boolean {
  return Object.entries(fields).every(([name, wanted]) => {
    const value = record?.[name];
    const [, pattern] = /^\/(.+)\/$/s.exec(String(wanted)) ?? [];
    return pattern === undefined ? value === wanted : expression(pattern).test(String(value));
  });
}

/** Nothing is null, and what is no JSON is a text. */
function parsed(json: string | undefined): unknown {
  try {
    return json === undefined ? null : (JSON.parse(json) as unknown);
  } catch {
    return json;
  }
}

/** Objects are the same whatever the order of their keys. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEmptyObject(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 0;
}
