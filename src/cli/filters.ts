/** The executions that a command is about: the filters of `list` and of the commands for many. */

import type { Api } from "./api/api.ts";
import type { ExecutionSummary, Input } from "./api/operations.ts";
import type { Arguments } from "./arguments.ts";
import { executionPages, tagNamed } from "./executions.ts";
import { usageError } from "./failures.ts";

const STATUSES = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED"];

export interface Wanted {
  /** The function, where one is named. */
  readonly functionName: string | undefined;
  /** The query that the options give. */
  readonly query: Input;
  readonly limit: number;
}

/**
 * The query that the options `status`, `name`, `prefix`, `tag` and `halted` give.
 *
 * @throws {CommandError} USAGE
 */
export function filtersOf(args: Arguments): Input {
  const statuses = args.all("status").map(statusNamed);
  const tags = args.all("tag").map((text) => tagNamed(text).join("="));
  return {
    ...(args.has("name") && { DurableExecutionName: args.get("name") }),
    ...(statuses.length > 0 && { Statuses: statuses }),
    ...(args.has("prefix") && { NamePrefix: args.get("prefix") }),
    ...(args.has("halted") && { Halted: true }),
    ...(tags.length > 0 && { Tag: tags }),
  };
}

/**
 * The newest first, page by page.
 *
 * @throws {CommandError} USAGE for what AWS has no list by.
 */
export function pagesWanted(
  api: Pick<Api, "call" | "isAws">,
  wanted: Wanted,
): AsyncGenerator<readonly ExecutionSummary[]> {
  const { functionName, query, limit } = wanted;
  if (api.isAws) checkForAws(wanted);
  const operation = api.isAws ? "ListDurableExecutionsByFunction" : "SearchDurableExecutions";
  const of = functionName === undefined ? {} : { FunctionName: functionName };
  return executionPages(api, { operation, query: { ...query, ...of }, limit });
}

const OWN = { NamePrefix: "prefix", Tag: "tag", Halted: "halted" } as const;

function checkForAws({ functionName, query }: Wanted): void {
  if (functionName === undefined) throw usageError("On AWS name a function: perdure list FUNCTION --aws");
  const own = Object.entries(OWN).find(([member]) => member in query);
  if (own !== undefined) {
    throw usageError(`AWS has no list by --${own[1]}: it is for an emulator, a Worker or perdure/aws.`);
  }
}

function statusNamed(text: string): string {
  const status = text.toUpperCase().replaceAll("-", "_");
  if (STATUSES.includes(status)) return status;
  throw usageError(`--status is one of ${STATUSES.join(", ")}; "${text}" was given.`);
}
