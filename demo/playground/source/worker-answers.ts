/** The answers of a Worker's HTTP face, which may be anybody's: checked before anything is shown of them. */

import { type DirectoryRow, ExecutionStatus, HaltReason, type Tags } from "perdure/engine";
import { type Fields, fields, list, moment, text, unexpected } from "../../../console/views/wire/fields.ts";

export interface FunctionPage {
  readonly names: readonly string[];
  /** The marker of the next page; undefined on the last one. */
  readonly next: string | undefined;
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
  const { StartAt, Tags: tags, Halt } = execution;
  const status = Object.values(ExecutionStatus).find((each) => each === Status);
  if (status === undefined) throw unexpected();
  return {
    ...{ functionName, version: "$LATEST", incarnation: "", seq: 0, status },
    ...{ id: text(DurableExecutionArn), name: text(DurableExecutionName), startedAt: moment(StartTimestamp) },
    ...(EndTimestamp !== undefined && { endedAt: moment(EndTimestamp) }),
    ...(Halted === true && { halted: true }),
    ...(isThere(Halt) && haltOf(fields(Halt))),
    ...(isThere(StartAt) && { startAt: moment(StartAt) }),
    ...(isThere(tags) && { tags: tagsOf(fields(tags)) }),
  };
}

/** Without a reason where it is one that is not known here. */
function haltOf({ Reason }: Fields): Pick<DirectoryRow, "haltReason"> {
  const haltReason = Object.values(HaltReason).find((each) => each === Reason);
  return haltReason === undefined ? {} : { haltReason };
}

function tagsOf(tags: Fields): Tags {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, text(value)]));
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}
