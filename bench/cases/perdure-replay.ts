/**
 * An execution of so many steps that waits for a callback is taken up by process after process: each reads its snapshot
 * from the store and replays it, and every other one its whole log.
 */

import { MemoryStore } from "../../src/homes/memory/index.ts";
import { systemHost } from "../../src/adapters/hosts/system-host.ts";
import { Runner } from "../../src/engine/runner/runner.ts";
import { readFunctions } from "../../src/lambda-compat/functions.ts";
import { withDurableExecution } from "../../src/lambda-compat/index.ts";
import { elapsed, median, report, size, WARM_UP } from "../case.ts";
import { type Marks, sequence, staysOpen } from "../programs.ts";

const RUNS = 5;

let finished: (marks: Marks) => void = () => {};
const bench = withDurableExecution<number, unknown>(staysOpen(sequence, (marks) => finished(marks)));
const store = new MemoryStore();

function openRunner(snapshotFloor?: number): Runner {
  return new Runner({
    store,
    ...(snapshotFloor === undefined ? {} : { snapshotFloor }),
    alarm: { schedule: () => {}, cancel: () => {} },
    host: systemHost(),
    functions: readFunctions({ bench }),
    arnOf: ({ id }) => id,
  });
}

/** Until the last of the steps is there. */
function sequenceDone(): Promise<Marks> {
  return new Promise((resolve) => {
    finished = resolve;
  });
}

async function startOne(): Promise<string> {
  const runner = openRunner();
  const done = sequenceDone();
  const { execution } = await runner.start({ functionName: "bench", input: String(size) });
  await done;
  await settle();
  runner.close();
  return execution.id;
}

async function replay(id: string, snapshotFloor?: number): Promise<{ load: number; replay: number }> {
  const runner = openRunner(snapshotFloor);
  const done = sequenceDone();
  globalThis.gc?.();
  const started = performance.now();
  await runner.wake(id);
  const marks = await done;
  await settle();
  runner.close();
  return { load: (marks[0] ?? 0) - started, replay: elapsed(marks) };
}

/** Lets the commit that opens the callback be written. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
}

const id = await startOne();
const withoutSnapshot = Number.POSITIVE_INFINITY;
for (let run = 0; run < WARM_UP.runs; run++) {
  await replay(id);
  await replay(id, withoutSnapshot);
}
const runs = [];
const fromLog = [];
while (runs.length < RUNS) {
  runs.push(await replay(id));
  fromLog.push(await replay(id, withoutSnapshot));
}
report({
  load: median(runs.map(({ load }) => load)),
  log: median(fromLog.map(({ load }) => load)),
  replay: median(runs.map(({ replay: took }) => took)),
  total: median(runs.map(({ load, replay: took }) => load + took)),
});
