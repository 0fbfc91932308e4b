/** A random program's fault-free run against the same program under faults. */

import fc from "fast-check";
import { AsyncStore } from "../../src/testing/async-store.ts";
import type { CrashPoint } from "../../src/testing/crash.ts";
import { FaultyStore } from "../../src/testing/faulty-store.ts";
import { runnable } from "./interpreter.ts";
import type { Program } from "./program.ts";
import { beforeEnd, replay } from "./replay.ts";
import { EXECUTION_ID, World, type WorldOptions, type WorldOutcome } from "./world.ts";

/** What makes a run differ from the fault-free one. */
export interface Adversity {
  readonly parks: boolean;
  readonly crashes: readonly CrashPoint[];
  readonly store: "prompt" | "slow" | "faulty" | "slow and faulty";
  readonly seed: number;
}

const crash: fc.Arbitrary<CrashPoint> = fc.record({
  write: fc.integer({ min: 1, max: 12 }),
  side: fc.constantFrom("BEFORE" as const, "AFTER" as const),
});

function adversity(choices: {
  parks?: fc.Arbitrary<boolean>;
  crashes?: fc.Arbitrary<CrashPoint[]>;
  stores: readonly Adversity["store"][];
}): fc.Arbitrary<Adversity> {
  return fc.record({
    parks: choices.parks ?? fc.boolean(),
    crashes: choices.crashes ?? fc.constant([]),
    store: fc.constantFrom(...choices.stores),
    seed: fc.nat(),
  });
}

export const adversities = {
  "replayed cold at every suspension": adversity({ parks: fc.constant(false), stores: ["prompt"] }),
  "crashing after or before any of its writes": adversity({
    crashes: fc.array(crash, { minLength: 1, maxLength: 5 }),
    stores: ["prompt"],
  }),
  "on a store that takes its time": adversity({ stores: ["slow"] }),
  "on a store that fails, delays, fills up and loses acknowledgements": adversity({ stores: ["faulty"] }),
  "with all of that at once": adversity({ crashes: fc.array(crash, { maxLength: 4 }), stores: ["slow and faulty"] }),
} satisfies Readonly<Record<string, fc.Arbitrary<Adversity>>> as Readonly<Record<string, fc.Arbitrary<Adversity>>>;

/** How often each kind of fault happens. */
const RATES = { refused: 0.05, unacknowledged: 0.05, full: 0.02, delayed: 0.1 };

function worldUnder(options: WorldOptions, { parks, crashes, store: kind, seed }: Adversity): World {
  return new World({
    ...options,
    parks,
    crashes,
    network(ledger, clock) {
      const host = clock.host();
      const faulty = kind.includes("faulty") ? new FaultyStore(ledger, { seed, host, rates: RATES }) : ledger;
      return kind.includes("slow") ? new AsyncStore(faulty, { seed, drain: (next) => host.drain(next) }) : faulty;
    },
  });
}

/** What is wrong with the runs of a program; nothing when adversity changes nothing that anybody can see. */
export async function attempt(tried: Program, adversity: Adversity): Promise<string[]> {
  const options = runnable(tried);
  const calm = new World(options);
  const expected = textOf(await calm.run());
  const faults = [...problemsOf(calm), ...(await replayed(calm, options, expected))];
  const world = worldUnder(options, adversity);
  try {
    const got = textOf(await world.run());
    if (got !== expected) faults.push(`under adversity: ${got}`, `without: ${expected}`);
  } catch (error) {
    faults.push(String(error));
  }
  return [...faults, ...problemsOf(world)];
}

async function replayed(calm: World, { functions }: WorldOptions, expected: string): Promise<string[]> {
  const { output } = await replay(beforeEnd(calm.ledger.bodies(EXECUTION_ID)), functions);
  const { status } = output;
  const result =
    output.status === "SUCCEEDED" && output.result !== undefined ? (JSON.parse(output.result) as unknown) : undefined;
  const got = JSON.stringify({ status, result, error: "error" in output ? output.error : undefined });
  return got === expected ? [] : [`pure replay: ${got}`, `live: ${expected}`];
}

function textOf({ status, result, error }: WorldOutcome): string {
  return JSON.stringify({ status, result, error });
}

/** Breaches of P1, P2 and P7. */
function problemsOf(world: World): string[] {
  return [
    ...world.repeated.map((repeated) => `P2: ${repeated} ran twice`),
    ...world.rerun.map((name) => `P1: ${name} ran again though it was complete`),
    ...world.ledger.broken.map((broken) => `P7: ${broken}`),
  ];
}
