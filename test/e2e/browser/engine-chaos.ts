/** What the soak of Chromium does to tabs, as far as the remote control of other engines goes. */

import { expect, test } from "vitest";
import { chaosSeeds } from "../chaos-seeds.ts";
import { Chaos } from "./chaos.ts";
import { describeTabs } from "./describe-tabs.ts";
import type { EngineKind } from "./world.ts";

export function describeChaos(kind: Exclude<EngineKind, "chromium">): void {
  describeTabs(kind, `tabs in ${kind} to which anything happens`, (open) => {
    for (const tabs of [2, 5]) {
      test.for(chaosSeeds)(
        `${tabs} of them keep every promise (CHAOS_SEED=%i)`,
        { concurrent: false },
        async (seed) => {
          const chaos = new Chaos(await open(), { seed, actions: 16, tabs });
          const told = (): string => `CHAOS_SEED=${seed}\n${chaos.trail.join("\n")}\n`;
          const complaints = await chaos.run().catch((error: unknown) => {
            throw new Error(told(), { cause: error });
          });
          expect(complaints, told()).toEqual([]);
        },
      );
    }
  });
}
