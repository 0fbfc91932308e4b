/**
 * Executions that are kept from coming to their end by everything a browser can do to them. The order of events follows
 * from a seed, the times between them do not, so a seed that failed may have to be tried more than once.
 */

import { expect, test } from "vitest";
import { chaosSeeds } from "../chaos-seeds.ts";
import { inChromium } from "../in-chromium.ts";
import { Chaos } from "./chaos.ts";
import { World } from "./world.ts";

inChromium("executions in tabs to which anything happens", () => {
  test.for(chaosSeeds)("come to their end (CHAOS_SEED=%i)", async (seed) => {
    // Every other time without Web Locks, where the log is all that keeps two tabs apart.
    const hostname = seed % 2 === 0 ? "localhost" : "plain.test";
    const world = await World.open(["--host-resolver-rules=MAP plain.test 127.0.0.1"]);
    const chaos = new Chaos(world, { seed, actions: 40, hostname });
    const told = (): string => `CHAOS_SEED=${seed}\n${chaos.trail.join("\n")}\n`;
    const complaints = await chaos.run().catch((error: unknown) => {
      throw new Error(told(), { cause: error });
    });
    expect(complaints, told()).toEqual([]);
  });
});
