import type { Api } from "../api/api.ts";
import { openApi } from "../api/open-api.ts";
import type { ExecutionDetails } from "../api/operations.ts";
import type { Run } from "../command.ts";
import { describe, findExecution, statusOf } from "../executions.ts";
import { ExitCode } from "../failures.ts";
import { openLines, openOperations } from "../open-operations.ts";
import { statusCell } from "../table.ts";
import { printable, type Terminal } from "../terminal.ts";
import { dayTime, errorText, readable } from "../texts.ts";

export const show: Run = async ({ args, terminal }) => {
  const api = await openApi(args);
  const details = await describe(api, await findExecution(api, args.at(0)));
  if (args.has("json")) terminal.json(readable(details));
  else printDetails(terminal, details, await waitsOf(api, details));
  return ExitCode.OK;
};

const LABEL_WIDTH = 10;

/** The open operations of an execution that runs or stands still. */
async function waitsOf(api: Api, { Status, DurableExecutionArn }: ExecutionDetails): Promise<readonly string[]> {
  return Status === "RUNNING" ? openLines(await openOperations(api, DurableExecutionArn)) : [];
}

function tagText(tags: ExecutionDetails["Tags"] = {}): string {
  return Object.entries(tags)
    .map((tag) => tag.join("="))
    .join(", ");
}

/** There is nothing to mend in an execution that somebody paused. */
function remedyOf(reason: string): string {
  return reason === "PAUSED" ? "perdure resume goes on with it" : "mend it, then perdure resume";
}

function printDetails(terminal: Terminal, details: ExecutionDetails, waits: readonly string[]): void {
  const status = statusOf(details);
  const { Halt, Fault, Error: error } = details;
  const fault = Fault && `${Fault.Count} in a row; the next try is at ${dayTime(Fault.RetryTimestamp)}`;
  const lines: readonly (readonly [string, string | undefined])[] = [
    ["name", details.DurableExecutionName],
    ["arn", details.DurableExecutionArn],
    ["status", status],
    ["started", dayTime(details.StartTimestamp)],
    ["begins", dayTime(details.StartAt)],
    ["ended", dayTime(details.EndTimestamp)],
    ["tags", tagText(details.Tags)],
    ["input", details.InputPayload],
    ["result", details.Result],
    ["error", errorText(error)],
    ["halted", Halt && `${Halt.Reason}, at ${dayTime(Halt.Timestamp)}: ${remedyOf(Halt.Reason)}`],
    ["broken", fault],
    ...waits.map((line): readonly [string, string] => ["waits for", line]),
  ];
  for (const [label, text] of lines) {
    if (!text) continue;
    const colour = label === "status" ? statusCell(status).colour : undefined;
    terminal.print(`${terminal.paint(label.padEnd(LABEL_WIDTH), "dim")}${terminal.paint(printable(text), colour)}`);
  }
}
