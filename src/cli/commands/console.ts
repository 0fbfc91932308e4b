/** `perdure console`: the console's page on this machine, for executions that are anywhere. It runs until Ctrl+C. */

import { randomBytes } from "node:crypto";
import { OneTimeLinks } from "../../console/one-time-links.ts";
import { createConsole } from "../../console/serve-console.ts";
import { type FetchHandler, listen } from "../../homes/local/http-server.ts";
import { openApi, openPlace } from "../api/open-api.ts";
import type { Arguments } from "../arguments.ts";
import { createAwsFace } from "../aws-face.ts";
import type { Run } from "../command.ts";
import { createProxy, onlyBearing } from "../console-proxy.ts";
import { answeringReplays } from "../console-replay.ts";
import { ExitCode } from "../failures.ts";
import { untilStopped } from "../until-stopped.ts";

const LOOPBACK = "127.0.0.1";

export const openConsole: Run = async ({ args, terminal }) => {
  const port = args.number("port", { least: 0, most: 65_535 }) ?? 0;
  const { place, face } = await faceOf(args);
  const token = randomBytes(24).toString("base64url");
  const links = new OneTimeLinks(token);
  const page = createConsole({ links });
  const guarded = onlyBearing(token, answeringReplays(args.positionals, face));
  const stopped = untilStopped();
  const listening = await listen(async (request) => (await page(request)) ?? guarded(request), {
    host: LOOPBACK,
    port,
  });
  terminal.print(`The console of ${place}, with a link for one use:`);
  terminal.print("");
  terminal.print(`  ${links.linkTo(`${listening.url}/console/`)}`);
  terminal.print("");
  terminal.print("It is for this machine alone, and ends with Ctrl+C.");
  await stopped;
  await listening.close();
  return ExitCode.OK;
};

async function faceOf(args: Arguments): Promise<{ readonly place: string; readonly face: FetchHandler }> {
  if (args.has("aws")) return { place: "AWS", face: createAwsFace(await openApi(args)) };
  const place = await openPlace(args);
  return { place: place.url, face: createProxy(place) };
}
