import { openApi } from "../api/open-api.ts";
import type { Run } from "../command.ts";
import { findExecution } from "../executions.ts";
import { ExitCode } from "../failures.ts";
import { dayTime, readable } from "../texts.ts";
import { failureOf } from "./callback.ts";

export const stop: Run = async ({ args, terminal }) => {
  const api = await openApi(args);
  const error = failureOf(args);
  const arn = await findExecution(api, args.at(0));
  const answer = await api.call("StopDurableExecution", {
    DurableExecutionArn: arn,
    ...(Object.keys(error).length > 0 && { Error: error }),
  });
  if (args.has("json")) terminal.json(readable({ DurableExecutionArn: arn, ...answer }));
  else terminal.note(`It has ended, at ${dayTime(answer.StopTimestamp)}.`);
  return ExitCode.OK;
};
