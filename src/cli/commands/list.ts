import { openApi } from "../api/open-api.ts";
import type { ExecutionSummary } from "../api/operations.ts";
import type { Run } from "../command.ts";
import { functionOf, gathered, statusOf } from "../executions.ts";
import { ExitCode } from "../failures.ts";
import { filtersOf, pagesWanted } from "../filters.ts";
import { printTable, statusCell } from "../table.ts";
import { dayTime, readable } from "../texts.ts";

const LIMIT = 50;

export const list: Run = async ({ args, terminal }) => {
  const query = filtersOf(args);
  const limit = args.number("limit", { least: 1, most: 100_000 }) ?? LIMIT;
  const api = await openApi(args);
  const [functionName] = args.positionals;
  const rows = await gathered(pagesWanted(api, { functionName, query, limit: Math.floor(limit) }));
  if (args.has("json")) terminal.json(readable({ DurableExecutions: rows }));
  else if (rows.length === 0) terminal.note("There are none.");
  else printTable(terminal, ["EXECUTION", "STATUS", "STARTED", "ENDED"], rows.map(cells));
  return ExitCode.OK;
};

function cells(row: ExecutionSummary) {
  return [
    { text: `${functionOf(row.FunctionArn)}/${row.DurableExecutionName}` },
    statusCell(statusOf(row), reasonOf(row)),
    { text: dayTime(row.StartAt ?? row.StartTimestamp) },
    { text: dayTime(row.EndTimestamp) },
  ];
}

/** A pause is reason enough. */
function reasonOf({ Halt }: ExecutionSummary): string | undefined {
  return Halt?.Reason === "PAUSED" ? undefined : Halt?.Reason;
}
