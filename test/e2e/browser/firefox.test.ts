/** Tabs in Firefox, what is left of them when it is killed. */

import { describe, expect, inject, test } from "vitest";
import type { RemoteTab } from "../../../scripts/browsers/remote-browser.ts";
import { describePromises } from "./describe-promises.ts";
import { describeTabs } from "./describe-tabs.ts";
import { cacheCases, tabCases } from "./tab-cases.ts";
import { EMPTY, FILL } from "./ballast.ts";
import { type Header, type SiteTab, until, World } from "./world.ts";

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

    describe("whose disk is full", () => {
      /** A world whose room is taken while an execution waits for its third step, a tab that runs it, and one to free it. */
      const filled = async (
        steps: number,
      ): Promise<{ world: World<RemoteTab>; tab: SiteTab<RemoteTab>; blank: RemoteTab; id: string }> => {
        const world = await open({ "dom.quotaManager.temporaryStorage.fixedLimit": 8000 });
        const held = world.site.log.hold(({ target }) => target === "one/step-3");
        const tab = await world.open();
        await tab.tab.evaluate(NOTE_TROUBLES);
        const blank = await world.openBlank();
        const id = await tab.start("relay", "one", { steps, size: 20_000 });
        await held.arrived;
        await blank.evaluate(FILL);
        held.release();
        await until("the pause", async () => isFull(await tab.describe(id)));
        return { world, tab, blank, id };
      };

      test("pauses an execution where it is, and says so in every tab until there is room", async () => {
        const { world, tab, blank, id } = await filled(40);
        const { site } = world;
        const viewer = await world.open({ viewer: "1" });
        await viewer.tab.evaluate(`void (globalThis.halts = [], site.host.subscribe(${JSON.stringify(id)},
          ({ header }) => halts.push(header?.halt?.reason)))`);
        await until("the view to tell", async () => viewer.tab.evaluate<boolean>("halts.includes('STORAGE_FULL')"));
        // Each of them asks of a connection that has found no room before.
        for (const name of ["two", "three", "four"])
          expect(await tab.refusal(`site.start("relay", "${name}", { steps: 1, padding: ${NOISE} })`)).toBe(
            "STORAGE_FULL",
          );
        const asked = site.asked("one");
        await blank.evaluate(EMPTY);
        await viewer.resumeForRoom(id);
        expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
        expect(Object.keys(asked).length).toBeLessThan(40);
        expect(site.asked("one")).toEqual(onceEach(40));
        await until("the view to tell of the end", async () =>
          viewer.tab.evaluate<boolean>("halts.at(-1) === undefined"),
        );
        expect(await tab.tab.evaluate("troubles")).toEqual([]);
      });

      test("lets it go on by itself, when there is room again", async () => {
        const { world, tab, blank, id } = await filled(20);
        await blank.evaluate(EMPTY);
        expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
        expect(world.site.asked("one")).toEqual(onceEach(20));
        expect(await tab.tab.evaluate("troubles")).toEqual([]);
      });

      test("and that is killed then, leaves an execution that goes on where it was recorded", async () => {
        const { world, tab, id } = await filled(20);
        const done = await tab.succeeded(id);
        const before = world.site.asked("one");
        await world.killBrowser();
        await world.startBrowser();
        const next = await world.open();
        await until("the pause in the next browser", async () => isFull(await next.describe(id)));
        await (await world.openBlank()).evaluate(EMPTY);
        expect(await next.ended(id)).toMatchObject({ status: "SUCCEEDED" });
        expect(done.length).toBeGreaterThanOrEqual(2);
        const after = world.site.asked("one");
        for (const step of done) expect(after[step ?? ""]).toBe(before[step ?? ""]);
      });
    });

    test("whose windows are private runs executions in all of them, and keeps none beyond its life", async () => {
      const world = await open({ "browser.privatebrowsing.autostart": true });
      const { site } = world;
      const held = site.log.hold(({ target }) => target === "one/step-3");
      const tab = await world.open();
      const id = await tab.start("relay", "one", { steps: 5 });
      await held.arrived;
      const other = await world.open();
      await tab.tab.close();
      held.release();
      expect(await other.ended(id)).toMatchObject({ status: "SUCCEEDED" });
      expect(site.asked("one")).toEqual({ ...onceEach(5), "step-3": 2 });
      expect(await other.status()).toBe("RUNNING");
      await world.killBrowser();
      await world.startBrowser();
      const next = await world.open();
      expect(await next.refusal(`site.describe("${id}")`)).toBe("ResourceNotFoundException");
      expect(await next.status()).toBe("RUNNING");
    });

    test.each([
      ["site data is blocked", { "network.cookie.cookieBehavior": 2 }],
      [
        "private windows have no databases, as in versions before 115",
        { "browser.privatebrowsing.autostart": true, "dom.indexedDB.privateBrowsing.enabled": false },
      ],
    ])("where %s says that there is no storage, and refuses calls with a code", async (_, preferences) => {
      const world = await open(preferences);
      const tab = await world.open();
      await until("the page to know", async () => (await tab.status()) === "UNAVAILABLE");
      expect(await tab.refusal('site.start("relay", "one", { steps: 1 })')).toBe("STORAGE_UNAVAILABLE");
      expect(await tab.tab.evaluate("site.host.status.get().error.code")).toBe("STORAGE_UNAVAILABLE");
      expect(world.site.asked("one")).toEqual({});
    });
  },
);

/** What the host's status comes to be from here on, but for what it is when all is well. */
const NOTE_TROUBLES = `void (globalThis.troubles = [], site.host.status.subscribe(() => {
  const { state } = site.host.status.get();
  if (state !== "RUNNING") troubles.push(state);
}))`;

/** Text that does not compress. */
const NOISE = `Array.from({ length: 60_000 }, () => String.fromCodePoint(33 + Math.floor(Math.random() * 90))).join("")`;

function onceEach(steps: number): Readonly<Record<string, number>> {
  return Object.fromEntries(Array.from({ length: steps }, (_, at) => [`step-${at + 1}`, 1]));
}

function isFull({ status, halt }: Header): boolean {
  return status === "RUNNING" && halt?.reason === "STORAGE_FULL";
}
