/** The answers of a Worker's HTTP face, which may be anybody's: checked before anything is shown of them. */

import { type DirectoryRow, ExecutionStatus } from "perdure/engine";
import { ForeignDataError } from "../../../console/views/wire/bounded.ts";

export interface FunctionPage {
  readonly names: readonly string[];
  /** The marker of the next page; undefined on the last one. */
  readonly next: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** JSON text as an object. @throws {ForeignDataError} */
export function readAnswer(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ForeignDataError("The Worker's answer is not JSON. Is this the address of its HTTP API?", {
      cause: error,
    });
  }
  return fields(value);
}

export function readFunctionPage(answer: unknown): FunctionPage {
  const { Functions, NextMarker } = fields(answer);
  const names = list(Functions).map((each) => text(fields(each)["FunctionName"]));
  return { names, next: NextMarker === undefined || NextMarker === null ? undefined : text(NextMarker) };
}

export function readRows(functionName: string, answer: unknown): readonly DirectoryRow[] {
  return list(fields(answer)["DurableExecutions"]).map((each) => rowOf(functionName, fields(each)));
}

function rowOf(functionName: string, execution: Fields): DirectoryRow {
  const { DurableExecutionArn, DurableExecutionName, Status, StartTimestamp, EndTimestamp, Halted } = execution;
  const status = Object.values(ExecutionStatus).find((each) => each === Status);
  if (status === undefined) throw unexpected();
  return {
    ...{ functionName, version: "$LATEST", incarnation: "", seq: 0, status },
    ...{ id: text(DurableExecutionArn), name: text(DurableExecutionName), startedAt: moment(StartTimestamp) },
    ...(EndTimestamp !== undefined && { endedAt: moment(EndTimestamp) }),
    ...(Halted === true && { halted: true }),
  };
}

function fields(value: unknown): Fields {
  if (typeof value !== "object" || value === null) throw unexpected();
  return value as Fields;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw unexpected();
  return value as readonly unknown[];
}

function text(value: unknown): string {
  if (typeof value !== "string") throw unexpected();
  return value;
}

const LAST_MOMENT = 8.64e15;

/** From seconds to ms since the epoch, if a date can be made of it. */
function moment(seconds: unknown): number {
  const at = Number(seconds) * 1_000;
  if (typeof seconds !== "number" || !(Math.abs(at) <= LAST_MOMENT)) throw unexpected();
  return at;
}

function unexpected(): ForeignDataError {
  return new ForeignDataError("The Worker's answer is not as its HTTP API has it.");
}
