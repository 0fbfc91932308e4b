import { measuredRuns, report, size, stepFigures, WARM_UP } from "../case.ts";
import { type Marks, sequence } from "../programs.ts";
import { PerdureHost } from "./perdure-host.ts";

const host = new PerdureHost(sequence);
for (let run = 0; run < WARM_UP.runs; run++) await host.run(WARM_UP.steps);
const runs: Marks[] = [];
while (runs.length < measuredRuns(size)) {
  globalThis.gc?.();
  runs.push(await host.run(size));
}
report(stepFigures(runs, size));
