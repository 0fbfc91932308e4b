import { expect, test } from "vitest";
import { SimulatedClock } from "../simulated-host.ts";
import { Faults } from "./faults.ts";
import { Link, LinkError } from "./link.ts";
import { Pace } from "./pace.ts";
import { seededRandom } from "../seeded-random.ts";

const LONGEST_LATE_MS = 500;

test("a write that lands late does so within the time that it may take, and is counted until then", async () => {
  const simulated = new SimulatedClock();
  const clock = simulated.host();
  const faults = new Faults(seededRandom(1), 1);
  const pace = new Pace("TURNS", { random: faults.random, clock, onSlow: () => false });
  const link = new Link({ faults, pace, clock, longestLateMs: LONGEST_LATE_MS });
  let landed = 0;
  const send = async (): Promise<number> => link.send({ what: "write", changes: true, risk: 20, run: () => ++landed });
  const sent = Array.from({ length: 60 }, () => send().catch((error: unknown) => error instanceof LinkError));
  await simulated.advance(0);
  await Promise.all(sent);
  const late = faults.counts.get("write late") ?? 0;
  expect(late).toBeGreaterThan(0);
  expect(link.late).toBe(late);
  const before = landed;
  await simulated.advance(LONGEST_LATE_MS);
  expect([link.late, landed - before]).toEqual([0, late]);
});
