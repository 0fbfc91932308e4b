/** Pausing, forking, rewinding and removing an execution: perdure's own, so not on AWS. */

import { decodeCommit } from "../../engine/machine/commit-codec.ts";
import { fold } from "../../engine/machine/fold.ts";
import { emptyState } from "../../engine/machine/state.ts";
import { wireId } from "../../lambda-compat/wire-id.ts";
import type { Api } from "../api/api.ts";
import { openApi } from "../api/open-api.ts";
import type { HistoryEvent } from "../api/operations.ts";
import type { Arguments } from "../arguments.ts";
import type { Run } from "../command.ts";
import { findExecution, historyOf } from "../executions.ts";
import { CommandError, ExitCode, usageError } from "../failures.ts";
import { readLog } from "../log.ts";

export const pause: Run = async ({ args, terminal }) => {
  const api = await openApi(args);
  const reason = args.get("reason");
  await api.own(pathOf(await findExecution(api, args.at(0)), "/pause"), reason === undefined ? {} : { Reason: reason });
  terminal.note("Nothing more begins in it, until: perdure resume");
  return ExitCode.OK;
};

export const fork: Run = async ({ args, terminal }) => {
  const api = await openApi(args);
  const arn = await findExecution(api, args.at(0));
  const name = args.get("name");
  const point = await pointOf(api, arn, args);
  const body = { ...point, ...versionOf(args), ...(name !== undefined && { Name: name }) };
  const answer = (await api.own(pathOf(arn, "/fork"), body)) as { readonly DurableExecutionArn: string };
  if (args.has("json")) terminal.json(answer);
  else terminal.print(answer.DurableExecutionArn);
  if (Object.keys(point).length === 0 && (await hasSucceeded(api, arn))) terminal.note(NOTHING_TO_RETRY);
  return ExitCode.OK;
};

const NOTHING_TO_RETRY =
  "The execution had succeeded, so there was nothing to retry: its copy ends at once, with the same result. " +
  "Say with --before or --commit where a fork is to go on from.";

async function hasSucceeded(api: Api, arn: string): Promise<boolean> {
  const { Status } = await api.call("GetDurableExecution", { DurableExecutionArn: arn });
  return Status === "SUCCEEDED";
}

export const rewind: Run = async ({ args, terminal }) => {
  if (!args.has("before") && !args.has("commit")) throw usageError("To where? Give --before or --commit.");
  const api = await openApi(args);
  const arn = await findExecution(api, args.at(0));
  await api.own(pathOf(arn, "/rewind"), { ...(await pointOf(api, arn, args)), ...versionOf(args) });
  terminal.note("It goes on from there.");
  return ExitCode.OK;
};

export const purge: Run = async ({ args, terminal }) => {
  const api = await openApi(args);
  await api.own(pathOf(await findExecution(api, args.at(0)), ""), {}, "DELETE");
  terminal.note("It is gone.");
  return ExitCode.OK;
};

function pathOf(arn: string, call: string): string {
  return `2025-12-01/durable-executions/${encodeURIComponent(arn)}${call}`;
}

function versionOf(args: Arguments): { readonly Version?: string } {
  const version = args.get("to");
  return version === undefined ? {} : { Version: version };
}

async function pointOf(
  api: Api,
  arn: string,
  args: Arguments,
): Promise<{ readonly OperationId?: string; readonly Cursor?: number }> {
  const before = args.get("before");
  const commit = args.get("commit");
  if (before !== undefined && commit !== undefined) throw usageError("Give --before or --commit, not both.");
  if (commit !== undefined && !/^\d{1,9}$/.test(commit)) throw usageError(`--commit is a number; got ${commit}.`);
  if (commit !== undefined) return { Cursor: Number(commit) };
  return before === undefined ? {} : { OperationId: await operationOf(api, arn, before) };
}

/** An operation is named by its id, or by its name where only one has that. */
async function operationOf(api: Api, arn: string, text: string): Promise<string> {
  const events = await historyOf(api, arn, false);
  if (events.some(({ Id }) => Id === text)) return text;
  const isRewound = events.some(({ EventType }) => EventType === "ExecutionRewound");
  const named = isRewound ? await namedInLog(api, arn, text) : namedInHistory(events, text);
  const [id] = named;
  if (id !== undefined && named.size === 1) return id;
  const why = id === undefined ? "There is no operation" : `There are ${named.size} operations`;
  throw new CommandError(ExitCode.REFUSED, `${why} ${text} in it: perdure history --json shows their ids.`);
}

function namedInHistory(events: readonly HistoryEvent[], name: string): ReadonlySet<string> {
  return new Set(events.flatMap(({ Id, Name }) => (Id !== undefined && Name === name ? [Id] : [])));
}

/** The log says which operations a rewind has left behind; the history tells of all that ever were. */
async function namedInLog(api: Api, arn: string, name: string): Promise<ReadonlySet<string>> {
  const state = emptyState({ keepsAll: true });
  for (const body of await readLog(api, arn)) fold(state, decodeCommit(body));
  const named = [...state.operations.values()].filter((operation) => operation.name === name);
  return new Set(named.map(({ id }) => wireId(id)));
}
