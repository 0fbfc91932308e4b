/** `npm run demo`: builds the playground and serves it as the static site that it is. */

import { join } from "node:path";
import { build, preview } from "vite";
import { root } from "./command.ts";

const configFile = join(root, "demo/playground/vite.config.ts");

await build({ configFile, logLevel: "warn" });
const server = await preview({ configFile, preview: { port: 4173, open: process.env["CI"] === undefined } });
console.log(`The playground: ${server.resolvedUrls?.local[0] ?? ""}  (Ctrl-C ends it)`);
