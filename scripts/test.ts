/** `npm test [-- vitest arguments]`: every project, then one line that says how it went. */

import { runVitest, summary } from "./vitest-run.ts";

const counts = await runVitest(process.argv.slice(2));
console.log(summary(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;
