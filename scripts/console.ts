/** `node scripts/console.ts FOLDER`: the console's page as static files. */

import { buildConsole } from "./build-console.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("Name the folder that it is built into.");
await buildConsole(folder);
