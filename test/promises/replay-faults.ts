/**
 * A live run against its replays: after a crash at any write, the program goes on to the same end; and the whole log
 * leads the code to that end without recording anything or running any function.
 */

import type { Write } from "./ledger.ts";
import { beforeEnd, replay } from "./replay.ts";
import { EXECUTION_ID, World, type WorldOptions } from "./world.ts";

/** What is wrong with the replays of a program; nothing when they all answer as the live run did. */
export async function replayFaults(options: WorldOptions): Promise<string[]> {
  const live = new World(options);
  const { status, result } = await live.run();
  const expected = JSON.stringify(result);
  const faults = status === "SUCCEEDED" ? problemsOf(live) : [`the live run ${status}`];
  const { writes } = live.ledger;
  // The first write starts the execution, which makes a second live run; with the last commit it is over.
  for (let length = 2; length < writes.length && !hasEnded(writes[length - 1]); length++) {
    const world = new World({ ...options, prefix: writes.slice(0, length), checksInvariants: false });
    const again = await world.run();
    const got = JSON.stringify(again.result);
    if (got !== expected) faults.push(`after ${length} of ${writes.length} writes: ${got}, live ${expected}`);
    faults.push(...problemsOf(world).map((problem) => `after ${length} of ${writes.length} writes: ${problem}`));
  }
  const cold = new World({ ...options, parks: false, checksInvariants: false });
  const got = JSON.stringify((await cold.run()).result);
  if (got !== expected) faults.push(`replayed at every suspension: ${got}, live ${expected}`);
  faults.push(...problemsOf(cold), ...(await pureReplay(live, options, expected)));
  return faults;
}

function hasEnded(write: Write | undefined): boolean {
  return write?.type === "append" && write.id === EXECUTION_ID && beforeEnd([write.body]).length === 0;
}

/** The whole log against the code, and nothing else: nothing new is recorded and no function runs. */
async function pureReplay(live: World, { functions }: WorldOptions, expected: string): Promise<string[]> {
  const { output, updates, ran } = await replay(beforeEnd(live.ledger.bodies(EXECUTION_ID)), functions);
  const faults: string[] = [];
  const got = output.status === "SUCCEEDED" ? output.result : JSON.stringify(output);
  if (got !== expected) faults.push(`pure replay: ${got}, live ${expected}`);
  if (updates.length > 0) faults.push(`pure replay records ${JSON.stringify(updates)}`);
  if (ran.length > 0) faults.push(`pure replay runs ${ran.join()}`);
  return faults;
}

function problemsOf(world: World): string[] {
  return [
    ...world.ledger.broken.map((broken) => `broken invariant: ${broken}`),
    ...world.rerun.map((name) => `ran again though it was complete: ${name}`),
    ...world.errors.map((error) => `error: ${String(error)}`),
  ];
}
