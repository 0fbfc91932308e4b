/** The same with AWS's SDK: each invocation is handed all operations of the one before, as objects. */

import { AwsMemoryService } from "../aws-memory-service.ts";
import { elapsed, median, report, size } from "../case.ts";
import { type Marks, sequence, staysOpen } from "../programs.ts";

const RUNS = 3;

let last: Marks = [];
const handler = staysOpen(sequence, (marks) => {
  last = marks;
});
const service = new AwsMemoryService(size);

async function invoke(): Promise<{ load: number; replay: number }> {
  globalThis.gc?.();
  const started = performance.now();
  const { Status } = await service.invoke(handler);
  if (Status !== "PENDING") throw new Error(`the program was to wait, and is ${Status}`);
  return { load: (last[0] ?? 0) - started, replay: elapsed(last) };
}

await invoke();
await invoke();
const runs = [];
while (runs.length < RUNS) runs.push(await invoke());
report({
  load: median(runs.map(({ load }) => load)),
  replay: median(runs.map(({ replay }) => replay)),
  total: median(runs.map(({ load, replay }) => load + replay)),
});
