import { openApi } from "../api/open-api.ts";
import type { Run } from "../command.ts";
import { findExecution } from "../executions.ts";
import { follow } from "../follow.ts";
import { outcome } from "../outcome.ts";
import { printable } from "../terminal.ts";
import { eventLine, readable } from "../texts.ts";

export const tail: Run = async ({ args, terminal }) => {
  const api = await openApi(args);
  const arn = await findExecution(api, args.at(0));
  const isJson = args.has("json");
  const details = await follow(api, arn, {
    terminal,
    onEvent: (event) => terminal.print(isJson ? JSON.stringify(readable(event)) : printable(eventLine(event))),
  });
  return outcome(terminal, details, { prints: false });
};
