#!/usr/bin/env node
/** The command `perdure`. */

import { main } from "./main.ts";

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

const exitCode = await main(process.argv.slice(2), { out: process.stdout, err: process.stderr, env: process.env });
// Once all is written. What a handler has left open whose log was replayed keeps nothing waiting.
process.stdout.write("", () => process.exit(exitCode));
