/** The same of AWS's SDK, with the operations of its client in memory. */

import { AwsMemoryService } from "../aws-memory-service.ts";
import { heapInUse, report, size } from "../case.ts";
import { sequence, staysOpen } from "../programs.ts";

/** Once before, so that what a process has once is not counted. */
const WARM_UP_STEPS = 100;

async function bytesHeld(steps: number): Promise<number> {
  let after = 0;
  const before = heapInUse();
  const handler = staysOpen(sequence, () => {
    after = heapInUse();
  });
  await new AwsMemoryService(steps).invoke(handler);
  return after - before;
}

await bytesHeld(WARM_UP_STEPS);
report({ bytes: (await bytesHeld(size)) / size });
