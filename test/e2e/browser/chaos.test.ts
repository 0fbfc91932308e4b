/**
 * Executions that are kept from coming to their end by everything a browser can do to them. The order of events follows
 * from a seed, the times between them do not, so a seed that failed may have to be tried more than once.
 *
 * CHAOS_RUNS is the number of seeds, CHAOS_SEED the first one.
 */

import { describe, expect, test } from "vitest";
import { Chaos } from "./chaos.ts";
import { chromiumMissing } from "./chromium.ts";
import { World } from "./world.ts";

const RUNS = Number(process.env["CHAOS_RUNS"] ?? 2);
const given = process.env["CHAOS_SEED"] ?? (process.env["CI"] === "true" ? "20261123" : undefined);
const first = given === undefined ? Math.floor(Math.random() * 1e9) : Number(given);

describe.skipIf(chromiumMissing)("executions in tabs to which anything happens", () => {
  test.for(Array.from({ length: RUNS }, (_, at) => first + at))("come to their end (CHAOS_SEED=%i)", async (seed) => {
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
