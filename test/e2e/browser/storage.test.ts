/** What browsers do to storage: they run out of room, and clear it. */

import { expect, test } from "vitest";
import { describeTabs } from "./describe-tabs.ts";
import { type Header, until, type World } from "./world.ts";

describeTabs("chromium", "storage", (open) => {
  test("without room pauses an execution where it is, and says so in every tab until there is some", async () => {
    const world = await open();
    const { site } = world;
    const limits = await world.openBlank();
    await limits.send("Storage.overrideQuotaForOrigin", { origin: originOf(world), quotaSize: 200_000 });
    const tab = await world.open();
    const viewer = await world.open({ viewer: "1" });
    const id = await tab.start("relay", "one", { steps: 40, size: 20_000 });
    await viewer.tab.evaluate(`void (globalThis.halts = [], site.host.subscribe(${JSON.stringify(id)},
      ({ header }) => halts.push(header?.halt?.reason)))`);
    for (const each of [tab, viewer]) await until("the pause", async () => isPaused(await each.describe(id)));
    await until("the view to tell", async () =>
      (await viewer.tab.evaluate<string[]>("halts")).includes("STORAGE_FULL"),
    );
    // A tab that comes later is told too.
    const late = await world.open({ viewer: "1" });
    await until("the late tab to know", async () => isPaused(await late.describe(id)));
    const tooLarge = 'site.start("relay", "two", { steps: 1, padding: "x".repeat(190_000) })';
    expect(await tab.refusal(tooLarge)).toBe("STORAGE_FULL");

    const asked = site.asked("one");
    await limits.send("Storage.overrideQuotaForOrigin", { origin: originOf(world) });
    await late.resumeForRoom(id);
    expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
    expect(Object.keys(asked).length).toBeLessThan(40);
    expect(site.asked("one")).toEqual(Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`step-${at + 1}`, 1])));
    await until("the view to tell of the end", async () =>
      viewer.tab.evaluate<boolean>("halts.includes('STORAGE_FULL') && halts.at(-1) === undefined"),
    );
  });

  test("that finds room again by itself lets the execution go on by itself", async () => {
    const world = await open();
    const limits = await world.openBlank();
    await limits.send("Storage.overrideQuotaForOrigin", { origin: originOf(world), quotaSize: 100_000 });
    const tab = await world.open();
    const id = await tab.start("relay", "one", { steps: 20, size: 20_000 });
    await until("the pause", async () => isPaused(await tab.describe(id)));
    await limits.send("Storage.overrideQuotaForOrigin", { origin: originOf(world) });
    expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  });

  test("that is full when the tab dies leaves an execution that the next tab goes on with", async () => {
    const world = await open();
    const limits = await world.openBlank();
    await limits.send("Storage.overrideQuotaForOrigin", { origin: originOf(world), quotaSize: 100_000 });
    const tab = await world.open();
    const id = await tab.start("relay", "one", { steps: 20, size: 20_000 });
    await until("the pause", async () => isPaused(await tab.describe(id)));
    await tab.tab.crash();
    const next = await world.open();
    await until("the pause in the next tab", async () => isPaused(await next.describe(id)));
    await limits.send("Storage.overrideQuotaForOrigin", { origin: originOf(world) });
    expect(await next.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  });

  test("that is cleared under an execution takes it away whole, and what starts next is new", async () => {
    const world = await open();
    const { site } = world;
    const held = site.log.hold(({ target }) => target === "one/step-2");
    const tab = await world.open();
    const id = await tab.start("relay", "one", { steps: 3 });
    await held.arrived;
    await tab.tab.send("Storage.clearDataForOrigin", { origin: originOf(world), storageTypes: "indexeddb" });
    held.release();
    await until(
      "the execution to be gone",
      async () => (await tab.refusal(`site.describe("${id}")`)) === "ResourceNotFoundException",
    );
    await tab.start("relay", "one", { steps: 2 });
    expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED", result: '["one/step-1 2","one/step-2 2"]' });
    expect(site.asked("one")).toEqual({ "step-1": 2, "step-2": 2 });
  });
});

function originOf(world: World): string {
  return new URL(world.site.url()).origin;
}

function isPaused({ status, halt }: Header): boolean {
  return status === "RUNNING" && halt?.reason === "STORAGE_FULL";
}
