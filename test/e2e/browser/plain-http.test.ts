/** A page that was not loaded over HTTPS has no Web Locks. What is left is the log, where each number is given once. */

import { expect, test } from "vitest";
import { describeTabs, PLAIN_HOST } from "./describe-tabs.ts";
import { type SiteTab, until } from "./world.ts";

describeTabs("chromium", "without Web Locks", (open) => {
  test("a page runs an execution, and goes on with it after a reload", async () => {
    const world = await open();
    const { site } = world;
    const held = site.log.hold(({ target }) => target === "one/step-2");
    const tab = await world.open({}, PLAIN_HOST);
    expect(await tab.tab.evaluate("navigator.locks === undefined")).toBe(true);
    expect(await tab.tab.evaluate("site.host.storage()")).toEqual({ isPersisted: false });
    const id = await tab.start("relay", "one", { steps: 3, wait: 1 });
    await held.arrived;
    await tab.tab.reload();
    await tab.asked("one", "step-2", 2);
    held.release();
    expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
    expect(site.asked("one")).toEqual({ "step-1": 1, "step-2": 2, "step-3": 1 });
  });

  test("what a page starts runs in its worker, and in no other tab's", async () => {
    const world = await open();
    const { site } = world;
    const tabs = [await world.open({ worker: "1" }, PLAIN_HOST), await world.open({ worker: "1" }, PLAIN_HOST)];
    for (const name of ["one", "two"]) {
      const ids = await Promise.all(
        tabs.map((tab, at) => tab.start("relay", `${name}-of-${at}`, { steps: 2, wait: 1 })),
      );
      for (const [at, id] of ids.entries()) expect(await tabs[at]!.ended(id)).toMatchObject({ status: "SUCCEEDED" });
    }
    // What ran while the tabs were loaded may have been taken up by both of them.
    for (const at of [0, 1]) expect(site.asked(`two-of-${at}`)).toEqual({ "step-1": 1, "step-2": 1 });
  });

  test("of two tabs that run an execution one goes on, and the other lets go without an effect", async () => {
    const world = await open();
    const { site } = world;
    const held = site.log.hold(({ target }) => target === "one/step-2");
    const first = await world.open({}, PLAIN_HOST);
    const id = await first.start("relay", "one", { steps: 4, wait: 1 });
    await held.arrived;
    const second = await world.open({}, PLAIN_HOST);
    await second.asked("one", "step-2", 2);
    held.release();
    for (const tab of [first, second]) expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
    expect(site.asked("one")).toEqual({ "step-1": 1, "step-2": 2, "step-3": 1, "step-4": 1 });
    expect([await ran(first), await ran(second)].toSorted()).toEqual(["one/step-2", "one/step-4"]);
  });

  test("any tab still answers and watches what another one runs", async () => {
    const world = await open();
    const runner = await world.open({}, PLAIN_HOST);
    const viewer = await world.open({ viewer: "1", approve: "approval/one" }, PLAIN_HOST);
    const id = await runner.start("approval", "one");
    await until("the end", async () => (await viewer.describe(id)).status === "SUCCEEDED");
    expect(await runner.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  });
});

async function ran(tab: SiteTab): Promise<string> {
  return await tab.tab.evaluate("globalThis.asking");
}
