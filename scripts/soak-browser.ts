/**
 * `npm run soak:browser [-- vitest arguments]`: tabs and the playground with anything happening to them, for as many seeds
 * as CHAOS_RUNS says (10 by default), from CHAOS_SEED on. A seed takes about half a minute.
 */

import { runVitest, summary } from "./vitest-run.ts";

process.env["SOAK"] = "true";
const counts = await runVitest(["--project", "soak", ...process.argv.slice(2)]);
console.log(summary(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;
