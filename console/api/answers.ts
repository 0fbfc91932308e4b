/** Answers of an HTTP face, as the console has them. */

import { type ExecutionRow, type State, STATES } from "../model/filter.ts";
import { FaceError } from "./face.ts";
import { type Fields, fields, list, moment, text, unexpected } from "../views/wire/fields.ts";

export interface FunctionPage {
  readonly names: readonly string[];
  readonly next: string | undefined;
}

export interface RowPage {
  readonly rows: readonly ExecutionRow[];
  readonly next: string | undefined;
}

/** An execution that another one was made from, or that was made from it. */
export interface Kin {
  readonly arn: string;
  readonly name: string;
}

/** The details of an execution from GetDurableExecution, beyond the log. */
export interface Details extends ExecutionRow {
  readonly input: string | undefined;
  readonly result: string | undefined;
  readonly error: { readonly type: string; readonly message: string } | undefined;
  readonly halt: { readonly reason: string; readonly at: number } | undefined;
  readonly fault: { readonly count: number; readonly retryAt: number } | undefined;
  readonly forkedFrom: Kin | undefined;
  readonly forks: readonly Kin[];
}

/** A line that a handler wrote. */
export interface WrittenLine {
  readonly level: string;
  readonly text: string;
  /** Ms since the epoch. */
  readonly at: number;
  /** The id on the wire of the operation that wrote it; undefined for the handler's own. */
  readonly operationId: string | undefined;
}

/** A place outside the host that has more lines. */
export interface LinePlace {
  readonly service: string;
  readonly region: string | undefined;
  readonly logGroup: string | undefined;
}

/** The extent of the lines that a host has: the time of the first, and the place of the others. */
export interface LineScope {
  /** From when on all lines are there, ms since the epoch; undefined where none is missing. */
  readonly since: number | undefined;
  readonly elsewhere: LinePlace | undefined;
}

export interface LinePage {
  readonly lines: readonly WrittenLine[];
  readonly scope: LineScope;
  /** The number of the last one; undefined if there is none. */
  readonly last: number | undefined;
  readonly hasMore: boolean;
}

export function readLinePage(answer: Fields): LinePage {
  const all = list(answer["Lines"] ?? []).map(fields);
  const lines = all.map(({ Level, Text, Timestamp, OperationId }) => {
    return {
      level: text(Level).toLowerCase(),
      text: text(Text),
      at: moment(Timestamp),
      operationId: optional(OperationId),
    };
  });
  const last = all.at(-1)?.["Number"];
  const { Since, Elsewhere } = answer;
  return {
    lines,
    scope: {
      since: present(Since) ? moment(Since) : undefined,
      elsewhere: present(Elsewhere) ? placeOf(fields(Elsewhere)) : undefined,
    },
    last: last === undefined ? undefined : Number(last),
    hasMore: markerOf(answer["NextMarker"]) !== undefined,
  };
}

function placeOf({ Service, Region, LogGroup }: Fields): LinePlace {
  return { service: text(Service), region: optional(Region), logGroup: optional(LogGroup) };
}

/** The result of holding a log against the code of somebody's machine. */
export interface ReplayVerdict {
  /** The file that was held against it. */
  readonly source: string;
  readonly matches: boolean;
  /** The commit up to which it was replayed; undefined where all of it matches. */
  readonly commit: number | undefined;
  readonly difference: string;
}

export function readVerdict({ source, matches, commit, difference }: Fields): ReplayVerdict {
  const isMatch = matches === true;
  return {
    source: text(source),
    matches: isMatch,
    commit: isMatch ? undefined : Number(commit),
    difference: isMatch ? "" : text(difference),
  };
}

/** The outcome of one execution of a call for many. */
export interface Result {
  readonly status: "DONE" | "UNCHANGED" | "FAILED";
  /** Why, of one that failed. */
  readonly error?: FaceError;
}

/** By ARN. */
export function readResults(answer: Fields): ReadonlyMap<string, Result> {
  return new Map(
    list(answer["Results"] ?? []).map((each) => {
      const { DurableExecutionArn, Status, ErrorType, ErrorMessage } = fields(each);
      return [text(DurableExecutionArn), resultOf(text(Status), { ErrorType, ErrorMessage })];
    }),
  );
}

function resultOf(status: string, { ErrorType, ErrorMessage }: Fields): Result {
  if (status === "DONE" || status === "UNCHANGED") return { status };
  if (status !== "FAILED") throw unexpected();
  const type = text(ErrorType ?? "");
  return { status, error: new FaceError(STATUSES[type] ?? 400, type, text(ErrorMessage ?? "")) };
}

/** The HTTP status that a call for the execution alone has with these errors, which may be over when it is asked again. */
const STATUSES: Readonly<Record<string, number>> = { TooManyRequestsException: 429, ServiceException: 500 };

export function readFunctionPage(answer: Fields): FunctionPage {
  const { Functions, NextMarker } = answer;
  const names = list(Functions ?? []).map((each) => text(fields(each)["FunctionName"]));
  return { names, next: markerOf(NextMarker) };
}

export function readRowPage(answer: Fields): RowPage {
  const { DurableExecutions, NextMarker } = answer;
  return { rows: list(DurableExecutions ?? []).map((each) => rowOf(fields(each))), next: markerOf(NextMarker) };
}

export function readDetails(answer: Fields): Details {
  const { InputPayload, Result, Error: error, Halt, Fault, ForkedFrom, Forks } = answer;
  return {
    ...rowOf(answer),
    input: optional(InputPayload),
    result: optional(Result),
    error: errorOf(error),
    halt: present(Halt) ? { reason: text(fields(Halt)["Reason"]), at: moment(fields(Halt)["Timestamp"]) } : undefined,
    fault: present(Fault)
      ? { count: Number(fields(Fault)["Count"]), retryAt: moment(fields(Fault)["RetryTimestamp"]) }
      : undefined,
    forkedFrom: present(ForkedFrom) ? kinOf(ForkedFrom) : undefined,
    forks: present(Forks) ? list(Forks).map(kinOf) : [],
  };
}

function rowOf(execution: Fields): ExecutionRow {
  const { DurableExecutionArn, DurableExecutionName, FunctionArn, StartTimestamp, EndTimestamp, Tags } = execution;
  const [, functionName = "", version = ""] = /:function:([^:]+)(?::([^:]+))?$/.exec(optional(FunctionArn) ?? "") ?? [];
  return {
    arn: text(DurableExecutionArn),
    name: text(DurableExecutionName),
    functionName,
    version: optional(execution["Version"]) ?? version,
    state: stateOf(execution),
    startedAt: moment(StartTimestamp),
    endedAt: present(EndTimestamp) ? moment(EndTimestamp) : undefined,
    tags: tagsOf(Tags),
  };
}

function stateOf({ Status, Halted, Halt }: Fields): State {
  const state = STATES.find((each) => each === Status);
  if (state === undefined) throw unexpected();
  if (state !== "RUNNING") return state;
  const reason = present(Halt) ? (Halt as { readonly Reason?: unknown }).Reason : undefined;
  if (reason === "PAUSED") return "PAUSED";
  return Halted === true || present(Halt) ? "HALTED" : state;
}

/** As texts alone: what else may stand there is nobody's tag. */
function tagsOf(tags: unknown): Readonly<Record<string, string>> {
  if (!present(tags)) return {};
  return Object.fromEntries(Object.entries(fields(tags)).map(([key, value]) => [key, String(value)]));
}

function errorOf(error: unknown): Details["error"] {
  if (!present(error)) return undefined;
  const { ErrorType, ErrorMessage } = fields(error);
  return { type: optional(ErrorType) ?? "Error", message: optional(ErrorMessage) ?? "" };
}

/** An ARN, or an object that has one. */
function kinOf(kin: unknown): Kin {
  const arn = typeof kin === "string" ? kin : text(fields(kin)["DurableExecutionArn"]);
  return { arn, name: nameIn(arn) };
}

/** The name of an execution, as its ARN has it. */
export function nameIn(arn: string): string {
  return arn.split("/").at(-2) ?? arn;
}

function markerOf(marker: unknown): string | undefined {
  return marker === undefined || marker === null || marker === "" ? undefined : text(marker);
}

function optional(value: unknown): string | undefined {
  return present(value) ? text(value) : undefined;
}

function present(value: unknown): boolean {
  return value !== undefined && value !== null;
}
