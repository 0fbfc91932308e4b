import { openApi } from "../api/open-api.ts";
import type { Run } from "../command.ts";
import { findExecution } from "../executions.ts";
import { ExitCode } from "../failures.ts";

export const resume: Run = async ({ args, terminal }) => {
  const api = await openApi(args);
  const arn = await findExecution(api, args.at(0));
  const version = args.get("to");
  const path = `2025-12-01/durable-executions/${encodeURIComponent(arn)}/resume`;
  await api.own(path, version === undefined ? {} : { Version: version });
  terminal.note("It goes on.");
  return ExitCode.OK;
};
