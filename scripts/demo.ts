/** `npm run demo`: builds the playground and serves it as the static site that it is. */

import { preview } from "vite";
import { buildPlayground, playgroundConfig } from "./build-playground.ts";

await buildPlayground();
const server = await preview({
  configFile: playgroundConfig,
  preview: { port: 4173, open: process.env["CI"] === undefined },
});
console.log(`The playground: ${server.resolvedUrls?.local[0] ?? ""}  (Ctrl-C ends it)`);
