/** What runs an execution dies: its renderer, or the whole browser while it writes. */

import { expect, test } from "vitest";
import { inChromium } from "../in-chromium.ts";
import { describeTabs } from "./describe-tabs.ts";
import { until, whoRuns, World } from "./world.ts";

describeTabs("chromium", "a crash", (open) => {
  test("of the only tab's renderer: the next tab goes on", async () => {
    const world = await open();
    const { site } = world;
    const held = site.log.hold(({ target }) => target === "one/step-2");
    const tab = await world.open();
    const id = await tab.start("relay", "one", { steps: 3 });
    await held.arrived;
    await tab.tab.crash();
    const next = await world.open();
    await next.asked("one", "step-2", 2);
    held.release();
    expect(await next.ended(id)).toMatchObject({ status: "SUCCEEDED" });
    expect(site.asked("one")).toEqual({ "step-1": 1, "step-2": 2, "step-3": 1 });
  });

  test("of one tab's renderer: another one that is open goes on, without a word from anybody", async () => {
    const world = await open();
    const { site } = world;
    const held = site.log.hold(({ target }) => target === "one/step-2");
    const tabs = [await world.open(), await world.open()];
    const id = await tabs[0]!.start("relay", "one", { steps: 3 });
    await held.arrived;
    const [owner, other] = await whoRuns(tabs, "one/step-2");
    await owner.tab.crash();
    await other!.asked("one", "step-2", 2);
    held.release();
    expect(await other!.ended(id)).toMatchObject({ status: "SUCCEEDED" });
    expect(site.asked("one")).toEqual({ "step-1": 1, "step-2": 2, "step-3": 1 });
  });
});

inChromium("a crash of the browser", () => {
  test("while it writes loses nothing that was recorded, however often", async () => {
    const world = await World.open();
    const { site } = world;
    const steps = 400;
    let tab = await world.open();
    const id = await tab.start("relay", "one", { steps, size: 500 });
    for (const kills of [1, 2, 3]) {
      const target = kills * 90;
      await until(`${target} requests`, () => total(site.asked("one")) >= target);
      await world.killBrowser();
      await world.startBrowser();
      tab = await world.open();
    }
    const { status, result } = await tab.ended(id);
    expect(status).toBe("SUCCEEDED");
    const answers = JSON.parse(result ?? "[]") as string[];
    expect(answers.map((answer) => answer.split(" ")[0])).toEqual(
      Array.from({ length: steps }, (_, at) => `one/step-${at + 1}`),
    );
    // At each kill one step at most was under way.
    expect(total(site.asked("one"))).toBeLessThanOrEqual(steps + 3);
    for (const { done, after } of site.known) {
      const later = new Set(site.log.calls.slice(after).map((call) => call.target));
      expect(done.filter((step) => later.has(`one/${step}`))).toEqual([]);
    }
    expect(site.known.map(({ done }) => done.length > 0)).toEqual([true, true, true]);
  });

  test("during a wait that is over by the time it comes back", async () => {
    const world = await World.open();
    const { site } = world;
    const tab = await world.open();
    const id = await tab.start("relay", "one", { steps: 2, wait: 2 });
    await until(
      "the wait",
      async () => (await tab.describe(id)).status === "RUNNING" && total(site.asked("one")) === 1,
    );
    await until("the step to be recorded", async () => (await tab.succeeded(id)).includes("step-1"));
    await world.killBrowser();
    await new Promise((next) => setTimeout(next, 2500));
    await world.startBrowser();
    const next = await world.open();
    expect(await next.ended(id)).toMatchObject({ status: "SUCCEEDED" });
    expect(site.asked("one")).toEqual({ "step-1": 1, "step-2": 1 });
  });
});

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
