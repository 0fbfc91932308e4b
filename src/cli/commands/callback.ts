import type { Api } from "../api/api.ts";
import { openApi } from "../api/open-api.ts";
import type { ApiError, HistoryEvent } from "../api/operations.ts";
import type { Arguments } from "../arguments.ts";
import type { Run } from "../command.ts";
import { findExecution, historyOf } from "../executions.ts";
import { CommandError, ExitCode, usageError } from "../failures.ts";
import { readText } from "./invoke.ts";

const ACTIONS = ["succeed", "fail", "heartbeat"];

export const callback: Run = async ({ args, terminal }) => {
  const [action = "", ...others] = args.positionals;
  if (!ACTIONS.includes(action)) throw usageError(`A callback is to ${ACTIONS.join(", to ")}; "${action}" was given.`);
  const execution = args.get("of");
  const [id, result] = execution === undefined ? others : [undefined, ...others];
  if (execution === undefined && id === undefined) throw usageError("Give the callback's id, or --of EXECUTION.");
  const payload = readText(result);
  const api = await openApi(args);
  const CallbackId = id ?? (await openCallback(api, execution ?? "", args.get("callback")));
  if (action === "succeed") await api.call("SendDurableExecutionCallbackSuccess", { CallbackId, Result: payload });
  else if (action === "fail")
    await api.call("SendDurableExecutionCallbackFailure", { CallbackId, Error: failureOf(args) });
  else await api.call("SendDurableExecutionCallbackHeartbeat", { CallbackId });
  if (!args.has("quiet")) terminal.note("Done.");
  return ExitCode.OK;
};

/** What `--message` and `--type` say. */
export function failureOf(args: Arguments): ApiError {
  const message = args.get("message");
  const type = args.get("type");
  return { ...(message !== undefined && { ErrorMessage: message }), ...(type !== undefined && { ErrorType: type }) };
}

/** The one callback that an execution waits for. */
async function openCallback(api: Api, execution: string, name: string | undefined): Promise<string> {
  const events = await historyOf(api, await findExecution(api, execution), true);
  const named = stillOpen(events).filter((event) => name === undefined || namesOf(event, events).includes(name));
  const [first] = named;
  const ids = named.map(
    (event) => (event["CallbackStartedDetails"] as { CallbackId?: string } | undefined)?.CallbackId,
  );
  if (first === undefined) throw new CommandError(ExitCode.REFUSED, `${execution} does not wait for an answer now.`);
  if (named.length === 1 && ids[0] !== undefined) return ids[0];
  const list = named.map((event, index) => `  ${namesOf(event, events).join(" in ") || "no name"}  ${ids[index]}`);
  throw new CommandError(
    ExitCode.REFUSED,
    `${execution} waits for ${named.length} answers. Give one's id, or --callback NAME:\n${list.join("\n")}`,
  );
}

/** In order: after a rewind the same operation begins anew, and an end from before is not the end of that. */
function stillOpen(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const open = new Map<string | undefined, HistoryEvent>();
  for (const event of events) {
    if (isEnd(event)) open.delete(event.Id);
    if (event.EventType === "CallbackStarted") open.set(event.Id, event);
  }
  return [...open.values()];
}

function isEnd({ EventType }: HistoryEvent): boolean {
  return /^Callback(Succeeded|Failed|TimedOut)$/.test(EventType);
}

/** Its own, and that of the context around it, by which waitForCallback is called. */
function namesOf({ Name, ParentId }: HistoryEvent, events: readonly HistoryEvent[]): readonly string[] {
  const parent = events.find(({ Id, EventType }) => Id === ParentId && EventType === "ContextStarted");
  return [Name, parent?.Name].filter((name) => name !== undefined);
}
