/**
 * The simulation is a net: it is worth what it catches. Here the world breaks one of the ports' guarantees, as an
 * adapter might, and the simulation has to notice.
 */

import { expect, test } from "vitest";
import { MemoryStore } from "../../adapters/memory/memory-store.ts";
import type { LogPage, ReadOptions } from "../../engine/ports/execution-store.ts";
import { chaos } from "./chaos.ts";
import type { Scenario } from "./scenario.ts";
import type { PromiseName } from "./violations.ts";

const MOST_SEEDS = 150;

/** The first seed in which the simulation notices that a promise is broken; undefined if it never does. */
async function caught(
  promise: PromiseName,
  { disk, ...scenario }: Partial<Scenario> & { disk: () => MemoryStore },
): Promise<number | undefined> {
  for (let seed = 1; seed <= MOST_SEEDS; seed++) {
    const { violations } = await chaos({ seed, scenario, disk: disk(), prefixes: 0 });
    if (violations.some((violation) => violation.promise === promise)) return seed;
  }
  return undefined;
}

class NeverRemoves extends MemoryStore {
  override remove(): void {}
}

class SaysEmptyForGone extends MemoryStore {
  override read(id: string, from: number, options: ReadOptions = {}): LogPage | undefined {
    return super.read(id, from, options) ?? { bodies: [] };
  }
}

class ForgetsWrites extends MemoryStore {
  #appends = 0;
  override append(id: string, seq: number, body: string, incarnation: string): "appended" | "taken" | "gone" {
    return ++this.#appends % 20 === 0 ? "appended" : super.append(id, seq, body, incarnation);
  }
}

const disturbed = { sharing: "FREE", disturbances: 12, faultRate: 1, hasVersions: false } as const;

test("catches a store that removes nothing", async () => {
  const world = { ...disturbed, reusesNames: false, disk: () => new NeverRemoves() };
  expect(await caught("RETENTION", world)).toBeDefined();
});

test("catches a store that takes a log which is gone for one that has ended there", async () => {
  const world = { ...disturbed, disk: () => new SaysEmptyForGone({ pageCommits: 2 }) };
  expect(await caught("P13", world)).toBeDefined();
});

test("catches a store that acknowledges what it has not written", async () => {
  const world = { ...disturbed, disk: () => new ForgetsWrites() };
  expect(await caught("P5", world)).toBeDefined();
});
