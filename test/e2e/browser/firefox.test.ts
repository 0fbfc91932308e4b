/** Tabs in Firefox, what is left of them when it is killed. */

import { describe, expect, inject, test } from "vitest";
import type { RemoteTab } from "../../../scripts/browsers/remote-browser.ts";
import { describePromises } from "./describe-promises.ts";
import { describeTabs } from "./describe-tabs.ts";
import { cacheCases, tabCases } from "./tab-cases.ts";
import { until, World } from "./world.ts";

describeTabs("firefox", "tabs in firefox", (open) => {
  tabCases(open);
  cacheCases(open, { keepsLocks: false });
});
describePromises("firefox", [5]);

const engine = inject("engines").firefox;

describe.skipIf(!engine.found)(
  engine.found ? "a firefox of its own" : `a firefox of its own [${engine.reason}]`,
  () => {
    const open = (preferences?: Parameters<typeof World.openFirefox>[1]): Promise<World<RemoteTab>> => {
      if (!engine.found || engine.kind !== "firefox") throw new Error("there is no Firefox");
      return World.openFirefox(engine.executablePath, preferences);
    };

    test("that is killed while it writes loses nothing that was recorded", async () => {
      const world = await open();
      const { site } = world;
      const steps = 120;
      const total = (): number => Object.values(site.asked("one")).reduce((sum, count) => sum + count, 0);
      let tab = await world.open();
      const id = await tab.start("relay", "one", { steps, size: 500 });
      for (const target of [40, 80]) {
        await until(`${target} requests`, () => total() >= target);
        await world.killBrowser();
        await world.startBrowser();
        tab = await world.open();
      }
      expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
      for (const { done, after } of site.known) {
        const later = new Set(site.log.calls.slice(after).map((call) => call.target));
        expect(done.filter((step) => later.has(`one/${step}`))).toEqual([]);
      }
      expect(site.known.map(({ done }) => done.length > 0)).toEqual([true, true]);
    });
  },
);
