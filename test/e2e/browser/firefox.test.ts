/** Tabs in Firefox, what is left of them when it is killed, and what it does to storage. */

import { describe, expect, inject, test } from "vitest";
import type { RemoteTab } from "../../../scripts/browsers/remote-browser.ts";
import { FILL } from "./ballast.ts";
import { describePromises } from "./describe-promises.ts";
import { describeTabs } from "./describe-tabs.ts";
import { cacheCases, tabCases } from "./tab-cases.ts";
import { until, whoRuns, World } from "./world.ts";

describeTabs("firefox", "tabs in firefox", (open) => {
  tabCases(open);
  cacheCases(open);
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

    test("without room pauses an execution where it is, until there is some", async () => {
      const world = await open({ "dom.quotaManager.temporaryStorage.fixedLimit": 4096 });
      const { site } = world;
      const tab = await world.open();
      const viewer = await world.open({ viewer: "1" });
      const held = site.log.hold(({ target }) => target === "one/step-2");
      const id = await tab.start("relay", "one", { steps: 40, size: 20_000 });
      await held.arrived;
      await viewer.tab.evaluate(FILL);
      held.release();
      for (const each of [tab, viewer])
        await until("the pause", async () => (await each.describe(id)).halt?.reason === "STORAGE_FULL");
      await viewer.tab.evaluate(
        `new Promise((done) => { indexedDB.deleteDatabase("ballast").onsuccess = () => done(); })`,
      );
      await viewer.tab.evaluate(`site.host.client.resume(${JSON.stringify(id)})`);
      expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
      expect(site.asked("one")).toEqual(
        Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`step-${at + 1}`, 1])),
      );
    });

    test("whose windows are private runs executions in them, and hands them over", async () => {
      const world = await open({ "browser.privatebrowsing.autostart": true });
      const { site } = world;
      const held = site.log.hold(({ target }) => target === "one/step-2");
      const tabs = [await world.open(), await world.open()];
      const id = await tabs[0]!.start("relay", "one", { steps: 3 });
      await held.arrived;
      const [owner, other] = await whoRuns(tabs, "one/step-2");
      await owner.tab.close();
      await other!.asked("one", "step-2", 2);
      held.release();
      expect(await other!.ended(id)).toMatchObject({ status: "SUCCEEDED" });
    });
  },
);
