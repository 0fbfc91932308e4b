import { elapsed, median, report, size, WARM_UP } from "../case.ts";
import { atOnce, mapped } from "../programs.ts";
import { PerdureHost } from "./perdure-host.ts";

async function measure(program: typeof mapped): Promise<number> {
  const host = new PerdureHost(program);
  for (let run = 0; run < WARM_UP.runs; run++) await host.run(size);
  const runs = [await host.run(size), await host.run(size), await host.run(size)];
  return median(runs.map(elapsed));
}

report({ map: await measure(mapped), all: await measure(atOnce) });
