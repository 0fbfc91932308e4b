/** The same done to all executions that the filters find, page by page. */

import { askPatiently, doToMany, MOST_IN_CALL } from "../../lambda-compat/do-to-many.ts";
import type { Api } from "../api/api.ts";
import { openApi } from "../api/open-api.ts";
import type { ExecutionSummary, Input } from "../api/operations.ts";
import type { Arguments } from "../arguments.ts";
import type { Run } from "../command.ts";
import { CommandError, ExitCode, usageError } from "../failures.ts";
import { filtersOf, pagesWanted } from "../filters.ts";
import { ManyReport, nameOf } from "../many-report.ts";
import { isPassing, type Sent, sendPart } from "../send-many.ts";
import { failureOf } from "./callback.ts";

interface Deed {
  /** The word for the deed when it was done. */
  readonly done: string;
  /** The executions that the deed suits, where no `--status` says so. */
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

export const bulk: Run = async ({ args, terminal }) => {
  const [name = "", functionName] = args.positionals;
  const deed = deedNamed(name, args);
  const query = { ...deed.implied, ...filtersOf(args) };
  const limit = args.number("limit", { least: 1, most: Number.MAX_SAFE_INTEGER }) ?? Number.POSITIVE_INFINITY;
  const api = await openApi(args);
  if (api.isAws && name !== "stop") throw usageError(`AWS has no call to ${name} an execution.`);
  const rows = pagesWanted(patient(api), { functionName, query, limit: Math.floor(limit) });
  if (!args.has("yes")) await requireNone(rows, name);
  const report = new ManyReport({ terminal, word: deed.done, isJson: args.has("json") });
  const { isNone, broken } = await doToPages(api, { rows, report, sent: { name, body: deed.body(args) } });
  if (isNone && !args.has("json")) {
    terminal.note("There are none.");
    return ExitCode.OK;
  }
  report.end();
  if (broken !== undefined) throw withAdvice(broken);
  return report.failed > 0 ? ExitCode.REFUSED : ExitCode.OK;
};

/** A list that has begun is not given up because of one page. */
function patient(api: Api): Pick<Api, "call" | "isAws"> {
  let hasBegun = false;
  return {
    isAws: api.isAws,
    async call(operation, input) {
      const answer = await askPatiently(() => api.call(operation, input), {
        isPassing: (error) => hasBegun && isPassing(error),
      });
      hasBegun = true;
      return answer;
    },
  };
}

interface Pages {
  readonly rows: AsyncIterable<readonly ExecutionSummary[]>;
  readonly report: ManyReport;
  readonly sent: Sent;
}

interface PagesEnd {
  /** The list had nobody to do it to. */
  readonly isNone: boolean;
  /** Why it ended before the list did. */
  readonly broken?: unknown;
}

/** Page by page as they are listed, so that a list may be of any length. */
async function doToPages(api: Api, { rows, report, sent }: Pages): Promise<PagesEnd> {
  const options = {
    send: (part: readonly ExecutionSummary[]) => sendPart(api, part, sent),
    onProgress: report.onProgress,
    isPassing,
    partSize: () => MOST_IN_CALL,
  };
  let isNone = true;
  try {
    for await (const page of rows) {
      isNone = false;
      const progress = await doToMany(page, options);
      report.add(progress);
      if (progress.broken !== undefined) return { isNone, broken: progress.broken };
    }
    return { isNone };
  } catch (broken) {
    if (isNone) throw broken;
    return { isNone, broken };
  }
}

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

/** @throws {CommandError} USAGE that says what would be done, where there is anything to do. */
async function requireNone(rows: AsyncIterable<readonly ExecutionSummary[]>, name: string): Promise<void> {
  let count = 0;
  let newest: ExecutionSummary | undefined;
  let oldest: ExecutionSummary | undefined;
  for await (const page of rows) {
    count += page.length;
    newest ??= page[0];
    oldest = page.at(-1);
  }
  if (newest === undefined || oldest === undefined) return;
  const who =
    count === 1
      ? `is one to ${name}: ${nameOf(newest)}`
      : `are ${count} to ${name}, from ${nameOf(oldest)} to ${nameOf(newest)}`;
  throw usageError(`Nothing was done. There ${who}. Give --yes to do it.`);
}

function withAdvice(broken: unknown): unknown {
  if (!(broken instanceof CommandError)) return broken;
  return new CommandError(broken.exitCode, `${broken.message}\nThe same command goes on with those that are left.`);
}
