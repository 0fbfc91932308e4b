/** The same done to all executions that the filters find, part by part. */

import { doToMany, type ManyProgress, MOST_IN_CALL, type Outcome } from "../../lambda-compat/do-to-many.ts";
import type { Api } from "../api/api.ts";
import { openApi } from "../api/open-api.ts";
import type { ApiError, ExecutionSummary, Input } from "../api/operations.ts";
import type { Arguments } from "../arguments.ts";
import type { Run } from "../command.ts";
import { functionOf } from "../executions.ts";
import { CommandError, ExitCode, usageError } from "../failures.ts";
import { filtersOf, listWanted } from "../filters.ts";
import { printTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { errorText } from "../texts.ts";
import { failureOf } from "./callback.ts";

interface Deed {
  /** How it is told that it was done. */
  readonly done: string;
  /** Which executions it can be done to, where no `--status` says so. */
  readonly implied: Input;
  /** The options that are for this deed. */
  readonly options: readonly string[];
  readonly body: (args: Arguments) => object;
}

const ENDED = ["SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED"];

const DEEDS: Readonly<Record<string, Deed>> = {
  stop: { done: "stopped", implied: { Statuses: ["RUNNING"] }, options: ["message", "type"], body: failureOf },
  pause: {
    ...{ done: "paused", implied: { Statuses: ["RUNNING"], Halted: false }, options: ["reason"] },
    body: (args) => given("Reason", args.get("reason")),
  },
  resume: {
    ...{ done: "resumed", implied: { Halted: true }, options: ["to"] },
    body: (args) => given("Version", args.get("to")),
  },
  purge: { done: "purged", implied: { Statuses: ENDED }, options: [], body: () => ({}) },
};

const MOST = 100_000;

export const bulk: Run = async ({ args, terminal }) => {
  const [name = "", functionName] = args.positionals;
  const deed = deedNamed(name, args);
  const query = { ...deed.implied, ...filtersOf(args) };
  const limit = args.number("limit", { least: 1, most: MOST }) ?? MOST;
  const api = await openApi(args);
  if (api.isAws && name !== "stop") throw usageError(`AWS has no call to ${name} an execution.`);
  const rows = await listWanted(api, { functionName, query, limit: Math.floor(limit) });
  if (rows.length === 0 && !args.has("json")) {
    terminal.note("There are none.");
    return ExitCode.OK;
  }
  if (!args.has("yes") && rows.length > 0) throw usageError(`${found(rows, name)} Give --yes to do it.`);
  const body = deed.body(args);
  const progress = await doToMany(rows, {
    send: (part) => (api.isAws ? stopEach(api, part, body) : sendAll(api, part, { name, body })),
    onProgress: tellProgress(terminal, deed),
    isPassing,
    partSize: () => MOST_IN_CALL,
  });
  return finish(terminal, progress, args);
};

function given(member: string, value: string | undefined): object {
  return value === undefined ? {} : { [member]: value };
}

/** @throws {CommandError} USAGE for an unknown one, or an option of another one. */
function deedNamed(name: string, args: Arguments): Deed {
  const deed = Object.hasOwn(DEEDS, name) ? DEEDS[name] : undefined;
  if (deed === undefined) throw usageError(`Many are to ${Object.keys(DEEDS).join(", to ")}; "${name}" was given.`);
  const others = Object.values(DEEDS).flatMap(({ options }) => options);
  const wrong = others.find((option) => args.has(option) && !deed.options.includes(option));
  if (wrong === undefined) return deed;
  throw usageError(`--${wrong} is not for ${name}.`);
}

/** What would be done to them. */
function found(rows: readonly ExecutionSummary[], name: string): string {
  const [first = "", last = ""] = [rows[0], rows.at(-1)].map((row) => (row === undefined ? "" : nameOf(row)));
  if (rows.length === 1) return `Nothing was done. There is one to ${name}: ${first}.`;
  return `Nothing was done. There are ${rows.length} to ${name}, from ${last} to ${first}.`;
}

interface Sent {
  readonly name: string;
  readonly body: object;
}

interface Result {
  readonly DurableExecutionArn: string;
  readonly Status: Outcome<unknown>["status"];
  readonly ErrorType?: string;
  readonly ErrorMessage?: string;
}

async function sendAll(
  api: Api,
  part: readonly ExecutionSummary[],
  { name, body }: Sent,
): Promise<readonly Outcome<ExecutionSummary>[]> {
  const DurableExecutionArns = part.map(({ DurableExecutionArn }) => DurableExecutionArn);
  const answer = await api.own(`2025-12-01/durable-executions/${name}`, { DurableExecutionArns, ...body });
  const { Results } = answer as { readonly Results: readonly Result[] };
  const items = new Map(part.map((item) => [item.DurableExecutionArn, item]));
  return Results.flatMap(({ DurableExecutionArn, Status: status, ...error }) => {
    const item = items.get(DurableExecutionArn);
    return item === undefined ? [] : [{ item, status, ...(status === "FAILED" && { error }) }];
  });
}

/** AWS has no call for many. */
async function stopEach(
  api: Api,
  part: readonly ExecutionSummary[],
  failure: ApiError,
): Promise<readonly Outcome<ExecutionSummary>[]> {
  const outcomes: Outcome<ExecutionSummary>[] = [];
  const named = Object.keys(failure).length > 0 ? { Error: failure } : {};
  for (const item of part) {
    try {
      await api.call("StopDurableExecution", { DurableExecutionArn: item.DurableExecutionArn, ...named });
      outcomes.push({ item, status: "DONE" });
    } catch (error) {
      if (isPassing(error) || !(error instanceof CommandError) || error.exitCode !== ExitCode.REFUSED) throw error;
      outcomes.push({ item, status: "FAILED", error: { ErrorMessage: error.message } });
    }
  }
  return outcomes;
}

const PASSING: readonly unknown[] = ["TooManyRequestsException", "ServiceException"];

/** Of an execution, or of a whole call. */
function isPassing(error: unknown): boolean {
  if (error instanceof CommandError) return error.isPassing;
  return PASSING.includes((error as ApiError).ErrorType);
}

/** A line for each tenth. */
function tellProgress(terminal: Terminal, { done: word }: Deed): (progress: ManyProgress<unknown>) => void {
  let told = 0;
  return ({ total, done, unchanged, failures, isOver }) => {
    const tenth = Math.floor(((done + unchanged + failures.length) * 10) / total);
    if (!isOver && tenth <= told) return;
    told = tenth;
    const parts = [
      `${done} of ${total} ${word}`,
      ...(unchanged > 0 ? [`${unchanged} were so already`] : []),
      ...(failures.length > 0 ? [`${failures.length} not`] : []),
    ];
    if (isOver || tenth < 10) terminal.note(parts.join(", "));
  };
}

function finish(terminal: Terminal, progress: ManyProgress<ExecutionSummary>, args: Arguments): ExitCode {
  const { done, unchanged, failures, broken } = progress;
  if (args.has("json")) {
    const Failed = failures.map(({ item, error }) => ({
      DurableExecutionArn: item.DurableExecutionArn,
      ...(error as ApiError),
    }));
    terminal.json({ Done: done, Unchanged: unchanged, Failed, Left: progress.left.length });
  } else if (failures.length > 0) {
    const rows = failures.map(({ item, error }) => [{ text: nameOf(item) }, { text: errorText(error as ApiError) }]);
    printTable(terminal, ["EXECUTION", "WHY NOT"], rows);
  }
  if (broken !== undefined) throw withAdvice(broken);
  return failures.length > 0 ? ExitCode.REFUSED : ExitCode.OK;
}

function withAdvice(broken: unknown): unknown {
  if (!(broken instanceof CommandError)) return broken;
  return new CommandError(broken.exitCode, `${broken.message}\nThe same command goes on with those that are left.`);
}

function nameOf({ FunctionArn, DurableExecutionName }: ExecutionSummary): string {
  return `${functionOf(FunctionArn)}/${DurableExecutionName}`;
}
