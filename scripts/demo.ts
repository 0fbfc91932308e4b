/** `npm run demo`: builds the playground and serves it as the static site that it is. */

import { spawn } from "node:child_process";
import { preview } from "vite";
import { buildPlayground, playgroundConfig } from "./build-playground.ts";

await buildPlayground();
const server = await preview({ configFile: playgroundConfig, preview: { port: 4173 } });
const url = server.resolvedUrls?.local[0] ?? "";
console.log(`The playground: ${url}  (Ctrl-C ends it)`);
if (process.env["CI"] === undefined) openBrowser();

/** Opens a browser, if there is one; otherwise the address is enough. */
function openBrowser(): void {
  const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
    darwin: ["open", url],
    win32: ["cmd", "/c", "start", url],
  };
  const [command, ...args] = openers[process.platform] ?? ["xdg-open", url];
  const opener = spawn(command, args, { stdio: "ignore", detached: true });
  opener.on("error", () => undefined);
  opener.unref();
}
