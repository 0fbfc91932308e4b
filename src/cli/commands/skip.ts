import { openApi } from "../api/open-api.ts";
import type { Run } from "../command.ts";
import { parseDuration } from "../duration.ts";
import { ExitCode } from "../failures.ts";
import { dayTime, isoTime } from "../texts.ts";

export const skip: Run = async ({ args, terminal }) => {
  const ms = args.positionals.length === 0 ? 0 : parseDuration(args.at(0));
  const api = await openApi(args);
  const answer = (await api.own("perdure/time", { SkipMs: ms })) as { Now: number; AheadMs: number };
  if (args.has("json")) terminal.json({ Now: isoTime(answer.Now), AheadMs: answer.AheadMs });
  else terminal.note(`The emulator's clock says ${dayTime(answer.Now)}.`);
  return ExitCode.OK;
};
