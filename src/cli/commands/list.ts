import { openApi } from "../api/open-api.ts";
import { type ExecutionSummary, timeOf } from "../api/operations.ts";
import type { Run } from "../command.ts";
import { executionsOf, functionNames, functionOf, statusOf } from "../executions.ts";
import { ExitCode, usageError } from "../failures.ts";
import { printTable, statusCell } from "../table.ts";
import { dayTime, readable } from "../texts.ts";

const LIMIT = 50;
const STATUSES = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED"];

export const list: Run = async ({ args, terminal }) => {
  const statuses = args.all("status").map(statusNamed);
  const limit = args.number("limit", { least: 1, most: 100_000 }) ?? LIMIT;
  const api = await openApi(args);
  const [named] = args.positionals;
  if (named === undefined && api.isAws) throw usageError("On AWS name a function: perdure list FUNCTION --aws");
  const functions = named === undefined ? await functionNames(api) : [named];
  const query = {
    ...(args.has("name") && { DurableExecutionName: args.get("name") }),
    ...(statuses.length > 0 && { Statuses: statuses }),
  };
  const found = await Promise.all(functions.map((name) => executionsOf(api, { ...query, FunctionName: name }, limit)));
  const rows = found.flat().toSorted(newestFirst).slice(0, Math.floor(limit));
  if (args.has("json")) terminal.json(readable({ DurableExecutions: rows }));
  else if (rows.length === 0) terminal.note("There are none.");
  else printTable(terminal, ["EXECUTION", "STATUS", "STARTED", "ENDED"], rows.map(cells));
  return ExitCode.OK;
};

function newestFirst(a: ExecutionSummary, b: ExecutionSummary): number {
  return timeOf(b.StartTimestamp) - timeOf(a.StartTimestamp);
}

function cells(row: ExecutionSummary) {
  return [
    { text: `${functionOf(row.FunctionArn)}/${row.DurableExecutionName}` },
    statusCell(statusOf(row)),
    { text: dayTime(row.StartTimestamp) },
    { text: dayTime(row.EndTimestamp) },
  ];
}

function statusNamed(text: string): string {
  const status = text.toUpperCase().replaceAll("-", "_");
  if (STATUSES.includes(status)) return status;
  throw usageError(`--status is one of ${STATUSES.join(", ")}; "${text}" was given.`);
}
