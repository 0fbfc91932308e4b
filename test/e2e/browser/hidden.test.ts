/** A hidden page: browsers slow its timers down, to one a minute in the end. Here they never come at all. */

import { expect, test } from "vitest";
import { describeTabs } from "./describe-tabs.ts";
import { type SiteTab, until, type World } from "./world.ts";

describeTabs("chromium", "a hidden page", (open) => {
  test.for([
    { clock: "a worker of its own file", parameters: {} },
    { clock: "a worker made of text", parameters: { "text-clock": "1", policy: "workers from text" } },
  ])("keeps the time of waits with $clock", async ({ parameters }) => {
    const world = await open();
    const tab = await hidden(world, parameters);
    const begun = Date.now();
    const id = await tab.start("relay", "one", { steps: 3, wait: 1 });
    expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
    expect(Date.now() - begun).toBeGreaterThanOrEqual(3000);
    expect(await tab.tab.evaluate("site.refused")).toEqual([]);
  });

  test("keeps the time of waits when its functions run in a worker", async () => {
    const world = await open();
    const tab = await hidden(world, { worker: "1" });
    const id = await tab.start("relay", "one", { steps: 2, wait: 1 });
    expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  });

  test("which nothing wakes does what fell due as soon as it is shown", async () => {
    const world = await open();
    const tab = await hidden(world, { "text-clock": "1" });
    const id = await tab.start("relay", "one", { steps: 2, wait: 1 });
    await until("the first step to be recorded", async () => (await tab.succeeded(id)).includes("step-1"));
    await new Promise((next) => setTimeout(next, 3000));
    // The policy has refused the clock's worker, and no timer comes.
    expect(await tab.tab.evaluate("site.refused")).toEqual(["blob"]);
    expect(world.site.asked("one")).toEqual({ "step-1": 1 });
    await tab.tab.show();
    await tab.asked("one", "step-2");
    await new Promise((next) => setTimeout(next, 1500));
    await tab.tab.hide();
    await tab.tab.show();
    expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  });

  test("whose policy forbids the clock's worker runs on the page's timers", async () => {
    const world = await open();
    const tab = await world.open({ "text-clock": "1" });
    await tab.tab.hide();
    const id = await tab.start("relay", "one", { steps: 2, wait: 1 });
    expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  });
});

/** A tab that is hidden and has no timers any more. */
async function hidden(world: World, parameters: Readonly<Record<string, string>>): Promise<SiteTab> {
  const tab = await world.open(parameters);
  await until("the host to run", async () => (await tab.status()) === "RUNNING");
  await tab.tab.hide();
  await until("the page to be hidden", async () => (await tab.tab.evaluate("document.visibilityState")) === "hidden");
  await tab.tab.evaluate("void (globalThis.setTimeout = () => 0)");
  return tab;
}
