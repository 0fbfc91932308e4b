/** Several tabs of one site: one runs an execution, whichever goes the next one has it, and all of them serve it. */

import { expect, test } from "vitest";
import { inChromium } from "../in-chromium.ts";
import { type SiteTab, until, whoRuns, World } from "./world.ts";

inChromium("tabs of one site", () => {
  test.for([2, 5])("%i of them run an execution in turn, each taking over from one that is gone", async (count) => {
    const world = await World.open();
    const { site } = world;
    const tabs: SiteTab[] = [];
    for (let at = 0; at < count; at++) tabs.push(await world.open());
    const steps = count + 1;
    const holds = Array.from({ length: count - 1 }, (_, at) =>
      site.log.hold(({ target }) => target === `one/step-${at + 2}`),
    );
    const id = await tabs[0]!.start("relay", "one", { steps });
    for (const [at, held] of holds.entries()) {
      await held.arrived;
      const [owner] = await whoRuns(tabs, `one/step-${at + 2}`);
      // Every way for a tab to go: closed, dead, away to another page.
      if (at % 3 === 0) await owner.tab.close();
      else if (at % 3 === 1) await owner.tab.crash();
      else await owner.tab.navigate("about:blank");
      tabs.splice(tabs.indexOf(owner), 1);
      await tabs[0]!.asked("one", `step-${at + 2}`, 2);
      held.release();
    }
    expect(tabs).toHaveLength(1);
    expect(await tabs[0]!.ended(id)).toMatchObject({ status: "SUCCEEDED" });
    const expected = Array.from({ length: steps }, (_, at) => [`step-${at + 1}`, at > 0 && at < count ? 2 : 1]);
    expect(site.asked("one")).toEqual(Object.fromEntries(expected));
  });

  test("share several executions, and none is run twice or by nobody", async () => {
    const world = await World.open();
    const { site } = world;
    const tabs = [await world.open(), await world.open(), await world.open()];
    const names = Array.from({ length: 9 }, (_, at) => `e${at}`);
    const ids = await Promise.all(names.map((name, at) => tabs[at % 3]!.start("relay", name, { steps: 4, wait: 1 })));
    await tabs[0]!.asked("e8", "step-1");
    await tabs[1]!.tab.close();
    for (const id of ids) expect(await tabs[0]!.ended(id)).toMatchObject({ status: "SUCCEEDED" });
    for (const name of names) {
      const counts = Object.values(site.asked(name));
      expect(counts).toHaveLength(4);
      // Only a step that was under way in the tab that was closed may have been asked for again.
      expect(counts.reduce((sum, asked) => sum + asked, 0)).toBeLessThanOrEqual(5);
    }
    const ended = await tabs[2]!.tab.evaluate<number>(
      'site.host.client.list({ statuses: ["SUCCEEDED"], limit: 100 }).then(({ rows }) => rows.length)',
    );
    expect(ended).toBe(names.length);
  });

  test("one that runs nothing starts, answers, watches and stops what another one runs", async () => {
    const world = await World.open();
    const runner = await world.open();
    const viewer = await world.open({ viewer: "1", approve: "approval/one" });
    const id = await runner.start("approval", "one");
    expect(await viewer.ended(id)).toMatchObject({ status: "SUCCEEDED" });
    expect(JSON.parse((await runner.ended(id)).result ?? "null")).toBe('{"approved":true,"by":"Ada"}');
    const two = await runner.start("approval", "two");
    await until("the callback to be open", async () =>
      viewer.tab.evaluate<boolean>(
        `site.operations(${JSON.stringify(two)}).then((all) => all.some(([, status]) => status === "STARTED"))`,
      ),
    );
    await viewer.tab.evaluate(`site.host.client.stop(${JSON.stringify(two)})`);
    expect(await runner.ended(two)).toMatchObject({ status: "STOPPED" });
  });

  test("a frozen tab lets another one run, and has no effect when it wakes up", async () => {
    const world = await World.open();
    const { site } = world;
    const held = site.log.hold(({ target }) => target === "one/step-2");
    const tabs = [await world.open(), await world.open()];
    const id = await tabs[0]!.start("relay", "one", { steps: 3 });
    await held.arrived;
    const [frozen, other] = await whoRuns(tabs, "one/step-2");
    await frozen.tab.freeze();
    await other!.asked("one", "step-2", 2);
    held.release();
    expect(await other!.ended(id)).toMatchObject({ status: "SUCCEEDED" });
    await frozen.tab.unfreeze();
    expect(await frozen.ended(id)).toMatchObject({ status: "SUCCEEDED" });
    await until("the frozen tab to be back", async () => (await frozen.status()) === "RUNNING");
    expect(site.asked("one")).toEqual({ "step-1": 1, "step-2": 2, "step-3": 1 });
  });

  test("a page in the back/forward cache lets another tab run, and is up to date when it comes back", async () => {
    const world = await World.open();
    const { site } = world;
    const held = site.log.hold(({ target }) => target === "one/step-2");
    const tabs = [await world.open(), await world.open()];
    const id = await tabs[0]!.start("relay", "one", { steps: 3 });
    await held.arrived;
    const [cached, other] = await whoRuns(tabs, "one/step-2");
    // A browser under remote control keeps no page there, so the page is told what it would be told.
    await cached.tab.evaluate('void dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }))');
    expect(await cached.status()).toBe("AWAY");
    await other!.asked("one", "step-2", 2);
    held.release();
    expect(await other!.ended(id)).toMatchObject({ status: "SUCCEEDED" });
    await cached.tab.evaluate('void dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))');
    await until("the page to be back", async () => (await cached.status()) === "RUNNING");
    expect(await cached.ended(id)).toMatchObject({ status: "SUCCEEDED" });
    expect(site.asked("one")).toEqual({ "step-1": 1, "step-2": 2, "step-3": 1 });
  });

  test("a tab that was frozen alone goes on when it wakes up", async () => {
    const world = await World.open();
    const { site } = world;
    const tab = await world.open();
    const id = await tab.start("relay", "one", { steps: 3, wait: 1 });
    await tab.asked("one", "step-1");
    await until("the step to be recorded", async () => (await tab.succeeded(id)).includes("step-1"));
    await tab.tab.freeze();
    await new Promise((next) => setTimeout(next, 1500));
    await tab.tab.unfreeze();
    expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
    expect(site.asked("one")).toEqual({ "step-1": 1, "step-2": 1, "step-3": 1 });
  });
});
