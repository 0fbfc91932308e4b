/** `npm run test:slow [-- vitest arguments]`: what `npm test` leaves out or does not do to the end, since it takes minutes. */

import { longerFiles, slowFiles, slowPages } from "./slow-tests.ts";
import { runVitest, summary } from "./vitest-run.ts";

process.env["SLOW"] = "true";
const counts = await runVitest([...slowFiles, ...slowPages, ...longerFiles, ...process.argv.slice(2)]);
console.log(summary(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;
