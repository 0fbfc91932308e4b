import { openApi } from "../api/open-api.ts";
import type { HistoryEvent } from "../api/operations.ts";
import type { Run } from "../command.ts";
import { findExecution, historyOf } from "../executions.ts";
import { ExitCode, usageError } from "../failures.ts";
import { readLog } from "../log.ts";
import { type Cell, printTable } from "../table.ts";
import { dayTime, eventDetail, readable } from "../texts.ts";

export const history: Run = async ({ args, terminal }) => {
  if (args.has("json") && args.has("log")) throw usageError("--json and --log are two forms: give one.");
  const api = await openApi(args);
  if (args.has("log") && api.isAws) throw usageError("AWS keeps no log of perdure's: take --json.");
  const arn = await findExecution(api, args.at(0));
  if (args.has("log")) {
    for (const body of await readLog(api, arn)) terminal.print(body);
    return ExitCode.OK;
  }
  const events = await historyOf(api, arn, true);
  if (args.has("json")) terminal.json(readable({ DurableExecutionArn: arn, Events: events }));
  else printTable(terminal, ["ID", "TIME", "EVENT", "NAME", "DETAIL"], events.map(cells));
  return ExitCode.OK;
};

function cells(event: HistoryEvent): readonly Cell[] {
  const { EventId, EventTimestamp, EventType, Name, SubType } = event;
  const colour = /Failed|TimedOut|Stopped/.test(EventType) ? "red" : /Succeeded/.test(EventType) ? "green" : undefined;
  return [
    { text: String(EventId) },
    { text: dayTime(EventTimestamp) },
    { text: EventType, colour },
    { text: Name ?? SubType ?? "" },
    { text: eventDetail(event) },
  ];
}
