/** Several tabs of one site: one runs an execution, whichever goes the next one has it, and all of them serve it. */

import { expect, test } from "vitest";
import { describeTabs } from "./describe-tabs.ts";
import { tabCases } from "./tab-cases.ts";
import { until, whoRuns } from "./world.ts";

describeTabs("chromium", "tabs of one site", (open) => {
  tabCases(open);

  test("share several executions, and none is run twice or by nobody", async () => {
    const world = await open();
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

  test("a frozen tab lets another one run, and has no effect when it wakes up", async () => {
    const world = await open();
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

  test("a tab that was frozen alone goes on when it wakes up", async () => {
    const world = await open();
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
