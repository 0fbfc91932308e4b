import { expect, test } from "vitest";
import type { ExecutionClient } from "../../engine/runner/client.ts";
import { seededRandom } from "../seeded-random.ts";
import { SimulatedClock } from "../simulated-host.ts";
import { Faults } from "./faults.ts";
import { Gate } from "./gate.ts";
import { Outside } from "./outside.ts";
import { Story } from "./story.ts";

const DAY_MS = 86_400_000;

test("what no process can do is asked for ever less often, and once more when one can", async () => {
  const clock = new SimulatedClock();
  const world = clock.host();
  const gate = new Gate((next) => world.drain(next));
  const process = { gate, client: {} as ExecutionClient };
  const outside = new Outside({
    faults: new Faults(seededRandom(1), 0),
    story: new Story(() => clock.now()),
    world,
    choose: () => process,
  });
  let asked = 0;
  let isAble = false;
  outside.ask({
    what: "resume with a version that nobody has",
    send: () => {
      asked++;
      return isAble ? Promise.resolve() : Promise.reject(new Error("no such version"));
    },
    done: () => undefined,
    refused: () => false,
  });
  await clock.advance(DAY_MS);
  expect(asked).toBeGreaterThan(10);
  expect(asked).toBeLessThan(20);
  isAble = true;
  await clock.advance(2 * DAY_MS);
  expect(outside.unanswered).toEqual([]);
});
