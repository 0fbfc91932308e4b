import type { Api } from "../api/api.ts";
import { openApi } from "../api/open-api.ts";
import type { ApiError } from "../api/operations.ts";
import type { Arguments } from "../arguments.ts";
import type { Run } from "../command.ts";
import { findExecution } from "../executions.ts";
import { CommandError, ExitCode, usageError } from "../failures.ts";
import { namesOf, openOperations } from "../open-operations.ts";
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

/** The failure that `--message` and `--type` give. */
export function failureOf(args: Arguments): ApiError {
  const message = args.get("message");
  const type = args.get("type");
  return { ...(message !== undefined && { ErrorMessage: message }), ...(type !== undefined && { ErrorType: type }) };
}

/** The one callback that an execution waits for. */
async function openCallback(api: Api, execution: string, name: string | undefined): Promise<string> {
  const open = await openOperations(api, await findExecution(api, execution));
  const callbacks = open.filter(({ Type }) => Type === "CALLBACK");
  const named = callbacks.filter((each) => name === undefined || namesOf(each, open).includes(name));
  const ids = named.map(({ CallbackDetails }) => CallbackDetails?.CallbackId ?? "");
  const [id] = ids;
  if (id === undefined) throw new CommandError(ExitCode.REFUSED, `${execution} does not wait for an answer now.`);
  if (ids.length === 1) return id;
  const list = named.map((each, index) => `  ${namesOf(each, open).join(" in ") || "no name"}  ${ids[index]}`);
  throw new CommandError(
    ExitCode.REFUSED,
    `${execution} waits for ${ids.length} answers. Give one's id, or --callback NAME:\n${list.join("\n")}`,
  );
}
