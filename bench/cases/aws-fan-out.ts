import { elapsed, median, report, size, WARM_UP } from "../case.ts";
import { atOnce, mapped } from "../programs.ts";
import { runOnAws } from "./aws-host.ts";

async function measure(program: typeof mapped): Promise<number> {
  for (let run = 0; run < WARM_UP.runs; run++) await runOnAws(program, size);
  const runs = [await runOnAws(program, size), await runOnAws(program, size), await runOnAws(program, size)];
  return median(runs.map(elapsed));
}

report({ map: await measure(mapped), all: await measure(atOnce) });
