/** Finding and reading executions, wherever they are. */

import type { Api } from "./api/api.ts";
import type { Answers, ExecutionDetails, ExecutionSummary, HistoryEvent, Input } from "./api/operations.ts";
import { CommandError, ExitCode, usageError } from "./failures.ts";

const PAGE = 1000;

/** The names of all functions. */
export async function functionNames(api: Api): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const page of pages(api, "ListFunctions", {})) {
    for (const { FunctionName } of page.Functions ?? []) names.push(FunctionName);
  }
  return names;
}

/** As much of a face as lists are read by. */
export type Asked = Pick<Api, "call">;

export interface ExecutionList {
  /** AWS's list of one function, or perdure's own of all functions or of one, by its own filters too. */
  readonly operation: "ListDurableExecutionsByFunction" | "SearchDurableExecutions";
  readonly query: Input;
  readonly limit: number;
}

/**
 * Pages of a list, the newest first, as many executions as were asked for. A page is asked for when the one before has
 * been dealt with: its marker is a place in the list, which rows that leave the list do not move.
 */
export async function* executionPages(
  api: Asked,
  { operation, query, limit }: ExecutionList,
): AsyncGenerator<readonly ExecutionSummary[]> {
  let left = limit;
  for await (const page of pages(api, operation, { ...query, MaxItems: Math.min(limit, PAGE) })) {
    const rows = (page.DurableExecutions ?? []).slice(0, left);
    left -= rows.length;
    if (rows.length > 0) yield rows;
    if (left === 0) return;
  }
}

/**
 * The ARN of an execution that was named by it, as FUNCTION/NAME, or by its name alone.
 *
 * @throws {CommandError} REFUSED if there is none, or there are several.
 */
export async function findExecution(api: Api, text: string): Promise<string> {
  if (text.startsWith("arn:")) return text;
  const [, functionName, name = text] = /^(.+)\/([\w-]{1,64})$/.exec(text) ?? [];
  if (!/^[\w-]{1,64}$/.test(name)) throw usageError(`An execution is FUNCTION/NAME or an ARN; "${text}" was given.`);
  if (functionName === undefined && api.isAws) throw usageError("On AWS an execution is FUNCTION/NAME or an ARN.");
  const functions = functionName === undefined ? await functionNames(api) : [functionName];
  const asked = functions.map((each) => executionsNamed(api, each, name));
  const found = (await Promise.all(asked)).flat();
  const [first] = found;
  if (first === undefined) throw new CommandError(ExitCode.REFUSED, `There is no execution ${text} at ${api.place}.`);
  // AWS keeps several of one name, the newest first; two functions may have one each.
  const others = found.filter(({ FunctionArn }) => functionOf(FunctionArn) !== functionOf(first.FunctionArn));
  if (others.length === 0) return first.DurableExecutionArn;
  const names = found.map(({ FunctionArn }) => `${functionOf(FunctionArn)}/${name}`);
  throw new CommandError(ExitCode.REFUSED, `${text} is the name of several: ${[...new Set(names)].join(", ")}.`);
}

/** The items of all pages. */
export async function gathered<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const page of pages) for (const each of page) found.push(each);
  return found;
}

/** AWS keeps several of one name: the newest two. */
async function executionsNamed(api: Api, functionName: string, name: string): Promise<readonly ExecutionSummary[]> {
  const query = { FunctionName: functionName, DurableExecutionName: name };
  return gathered(executionPages(api, { operation: "ListDurableExecutionsByFunction", query, limit: 2 }));
}

export function describe(api: Api, arn: string): Promise<ExecutionDetails> {
  return api.call("GetDurableExecution", { DurableExecutionArn: arn });
}

/** The whole history, oldest first. */
export async function historyOf(api: Api, arn: string, includeData: boolean): Promise<readonly HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  const asked = { DurableExecutionArn: arn, IncludeExecutionData: includeData, MaxItems: PAGE };
  for await (const page of pages(api, "GetDurableExecutionHistory", asked)) {
    for (const event of page.Events ?? []) events.push(event);
  }
  return events;
}

/** The number of the newest event; 0 for none. */
export async function newestEventId(api: Api, arn: string): Promise<number> {
  const asked = { DurableExecutionArn: arn, IncludeExecutionData: false, ReverseOrder: true, MaxItems: 1 };
  const { Events = [] } = await api.call("GetDurableExecutionHistory", asked);
  return Events[0]?.EventId ?? 0;
}

/** The events after a given one, oldest first: read from the end, so that a long history is read once. */
export async function eventsAfter(api: Api, arn: string, eventId: number): Promise<readonly HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  const asked = { DurableExecutionArn: arn, IncludeExecutionData: true, ReverseOrder: true, MaxItems: 100 };
  for await (const page of pages(api, "GetDurableExecutionHistory", asked)) {
    const fresh = (page.Events ?? []).filter(({ EventId }) => EventId > eventId);
    for (const event of fresh) events.push(event);
    if (fresh.length < (page.Events ?? []).length) break;
  }
  return events.toReversed();
}

/** `PAUSED` for one that was paused, `HALTED` for one that waits for a repair. */
export function statusOf({ Status, Halted, Halt }: ExecutionSummary): string {
  if (Halt?.Reason === "PAUSED") return "PAUSED";
  return Halted === true || Halt !== undefined ? "HALTED" : Status;
}

/** A tag as it is given: KEY=VALUE. */
export function tagNamed(text: string): readonly [key: string, value: string] {
  const end = text.indexOf("=");
  if (end > 0) return [text.slice(0, end), text.slice(end + 1)];
  throw usageError(`--tag is KEY=VALUE; "${text}" was given.`);
}

/** The name in an ARN. */
export function functionOf(arn: string): string {
  return /:function:([^:/]+)/.exec(arn)?.[1] ?? arn;
}

type Paged =
  | "ListFunctions"
  | "SearchDurableExecutions"
  | "ListDurableExecutionsByFunction"
  | "GetDurableExecutionHistory"
  | "GetOpenOperations";

export async function* pages<Name extends Paged>(
  api: Asked,
  operation: Name,
  input: Input,
): AsyncGenerator<Answers[Name]> {
  let marker: string | undefined;
  do {
    const page = await api.call(operation, marker === undefined ? input : { ...input, Marker: marker });
    yield page;
    marker = page.NextMarker || undefined;
  } while (marker !== undefined);
}
