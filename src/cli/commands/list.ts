import { openApi } from "../api/open-api.ts";
import type { Api } from "../api/api.ts";
import type { ExecutionSummary, Input } from "../api/operations.ts";
import type { Arguments } from "../arguments.ts";
import type { Run } from "../command.ts";
import { executionsOf, functionOf, searchExecutions, statusOf, tagNamed } from "../executions.ts";
import { ExitCode, usageError } from "../failures.ts";
import { printTable, statusCell } from "../table.ts";
import { dayTime, readable } from "../texts.ts";

const LIMIT = 50;
const STATUSES = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED"];

export const list: Run = async ({ args, terminal }) => {
  const statuses = args.all("status").map(statusNamed);
  const limit = args.number("limit", { least: 1, most: 100_000 }) ?? LIMIT;
  const api = await openApi(args);
  const query = {
    ...(args.has("name") && { DurableExecutionName: args.get("name") }),
    ...(statuses.length > 0 && { Statuses: statuses }),
  };
  const rows = await (api.isAws ? onAws : search)(api, { args, query, limit: Math.floor(limit) });
  if (args.has("json")) terminal.json(readable({ DurableExecutions: rows }));
  else if (rows.length === 0) terminal.note("There are none.");
  else printTable(terminal, ["EXECUTION", "STATUS", "STARTED", "ENDED"], rows.map(cells));
  return ExitCode.OK;
};

interface Asked {
  readonly args: Arguments;
  readonly query: Input;
  readonly limit: number;
}

function search(api: Api, { args, query, limit }: Asked): Promise<readonly ExecutionSummary[]> {
  const [named] = args.positionals;
  const tags = args.all("tag").map((text) => tagNamed(text).join("="));
  const own = {
    ...(named !== undefined && { FunctionName: named }),
    ...(args.has("prefix") && { NamePrefix: args.get("prefix") }),
    ...(args.has("halted") && { Halted: true }),
    ...(tags.length > 0 && { Tag: tags }),
  };
  return searchExecutions(api, { ...query, ...own }, limit);
}

async function onAws(api: Api, { args, query, limit }: Asked): Promise<readonly ExecutionSummary[]> {
  const [named] = args.positionals;
  if (named === undefined) throw usageError("On AWS name a function: perdure list FUNCTION --aws");
  const own = ["prefix", "tag", "halted"].find((option) => args.has(option));
  if (own !== undefined)
    throw usageError(`AWS has no list by --${own}: it is for an emulator, a Worker or perdure/aws.`);
  return executionsOf(api, { ...query, FunctionName: named }, limit);
}

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

function statusNamed(text: string): string {
  const status = text.toUpperCase().replaceAll("-", "_");
  if (STATUSES.includes(status)) return status;
  throw usageError(`--status is one of ${STATUSES.join(", ")}; "${text}" was given.`);
}
