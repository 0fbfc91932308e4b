import { expect, onTestFinished, test } from "vitest";
import { createBrowserHost } from "../../../src/homes/browser/index.ts";
import { type DurableContext, withDurableExecution } from "../../../src/lambda-compat/index.ts";
import { replayLog } from "../../../src/testing/replay-log.ts";
import { type SeededRandom, seededRandom } from "../../../src/testing/seeded-random.ts";

const ROUNDS = 30;
const RACERS = 4;

/** A step that comes to its end in one of the ways in which code does, and the code that takes its result. */
async function racer(context: DurableContext, name: string, random: SeededRandom): Promise<string> {
  const [manner, hops] = [random.below(4), random.below(30)];
  const result = await context.step(name, async () => {
    if (manner === 1) await message();
    if (manner === 2) await new Promise((next) => setTimeout(next, 0));
    if (manner === 3) for (let hop = 0; hop < hops; hop++) await Promise.resolve();
    return name;
  });
  for (let hop = 0; hop < hops; hop++) await Promise.resolve();
  return result;
}

function message(): Promise<unknown> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(undefined);
  });
}

test("what is first in a tab is first in every replay, however results and code come together", async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const races = withDurableExecution(async (_: unknown, context) => {
    const random = seededRandom(seed);
    const open: Promise<string>[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (let place = 0; place < RACERS; place++) open.push(racer(context, `${round}.${place}`, random));
      const first = await Promise.race(open.splice(0, RACERS / 2));
      // Its name tells who was first: another winner would be a breach.
      await context.step(`after ${first}`, async () => first);
    }
    await Promise.allSettled(open);
  });
  const host = createBrowserHost({ name: crypto.randomUUID(), functions: { races } });
  onTestFinished(() => host.close());
  const { execution } = await host.client.start({ functionName: "races" });
  const { status } = await host.client.settled(execution.id, Date.now() + 60_000);
  expect([seed, status]).toEqual([seed, "SUCCEEDED"]);
  const { log } = await host.exportExecution(execution.id);
  expect([seed, await replayLog(log, races)]).toEqual([seed, { matches: true }]);
});
