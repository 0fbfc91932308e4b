/** Bytes that a live execution holds for each of its steps. */

import { MemoryAlarm, type MemoryStore } from "../../src/homes/memory/index.ts";
import { systemHost } from "../../src/adapters/hosts/system-host.ts";
import { Runner } from "../../src/engine/runner/runner.ts";
import { readFunctions } from "../../src/lambda-compat/functions.ts";
import { withDurableExecution } from "../../src/lambda-compat/index.ts";
import { heapInUse } from "../case.ts";
import { sequence, staysOpen } from "../programs.ts";

/** Once before, so that what a process has once is not counted. */
const WARM_UP_STEPS = 100;

export async function bytesPerStep(makeStore: () => MemoryStore, steps: number): Promise<number> {
  await bytesHeld(makeStore(), WARM_UP_STEPS);
  return (await bytesHeld(makeStore(), steps)) / steps;
}

async function bytesHeld(store: MemoryStore, steps: number): Promise<number> {
  let finished: () => void = () => {};
  const done = new Promise<void>((resolve) => {
    finished = resolve;
  });
  const bench = withDurableExecution<number, unknown>(staysOpen(sequence, () => finished()));
  const host = systemHost();
  const before = heapInUse();
  const runner: Runner = new Runner({
    store,
    alarm: new MemoryAlarm({ host, wake: (id) => runner.wake(id) }),
    host,
    functions: readFunctions({ bench }),
    arnOf: ({ id }) => id,
  });
  await runner.start({ functionName: "bench", input: String(steps) });
  await done;
  const after = heapInUse();
  runner.close();
  return after - before;
}
