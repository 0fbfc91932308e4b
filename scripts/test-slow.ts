/** `npm run test:slow [-- vitest arguments]`: what `npm test` leaves out, since it takes minutes, and what it runs a sample of. */

import { sampledFiles, slowFiles, slowPages } from "./slow-tests.ts";
import { runVitest, summary } from "./vitest-run.ts";

process.env["SLOW"] = "true";
const counts = await runVitest([...sampledFiles, ...slowFiles, ...slowPages, ...process.argv.slice(2)]);
console.log(summary(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;
