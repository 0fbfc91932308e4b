import { measuredRuns, report, size, stepFigures, WARM_UP } from "../case.ts";
import { type Marks, sequence } from "../programs.ts";
import { runOnAws } from "./aws-host.ts";

for (let run = 0; run < WARM_UP.runs; run++) await runOnAws(sequence, WARM_UP.steps);
const runs: Marks[] = [];
while (runs.length < measuredRuns(size)) {
  globalThis.gc?.();
  runs.push(await runOnAws(sequence, size));
}
report(stepFigures(runs, size));
