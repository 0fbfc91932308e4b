/** What browsers do to storage: they run out of room, clear it, deny it, and hand it to newer tabs. */

import { expect, test } from "vitest";
import { inChromium } from "../in-chromium.ts";
import { type Header, until, World } from "./world.ts";

inChromium("storage", () => {
  test("without room pauses an execution where it is, and says so in every tab until there is some", async () => {
    const world = await World.open();
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
    await late.tab.evaluate(`site.host.client.resume(${JSON.stringify(id)})`);
    expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
    expect(Object.keys(asked).length).toBeLessThan(40);
    expect(site.asked("one")).toEqual(Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`step-${at + 1}`, 1])));
    await until("the view to tell of the end", async () =>
      viewer.tab.evaluate<boolean>("halts.includes('STORAGE_FULL') && halts.at(-1) === undefined"),
    );
  });

  test("that finds room again by itself lets the execution go on by itself", async () => {
    const world = await World.open();
    const limits = await world.openBlank();
    await limits.send("Storage.overrideQuotaForOrigin", { origin: originOf(world), quotaSize: 100_000 });
    const tab = await world.open();
    const id = await tab.start("relay", "one", { steps: 20, size: 20_000 });
    await until("the pause", async () => isPaused(await tab.describe(id)));
    await limits.send("Storage.overrideQuotaForOrigin", { origin: originOf(world) });
    expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  });

  test("that is full when the tab dies leaves an execution that the next tab goes on with", async () => {
    const world = await World.open();
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

  test("that a newer tab takes over stops this one, and keeps later ones of the old code out", async () => {
    const world = await World.open();
    const { site } = world;
    const held = site.log.hold(({ target }) => target === "one/step-2");
    const tab = await world.open();
    const id = await tab.start("relay", "one", { steps: 3 });
    await held.arrived;
    const newer = await world.openBlank();
    await newer.evaluate(`new Promise((resolve, reject) => {
      const request = indexedDB.open("site", 1_000);
      request.onsuccess = () => resolve(request.result.version);
      request.onerror = () => reject(request.error);
    })`);
    expect(await tab.status()).toBe("SUPERSEDED");
    held.release();
    expect(await tab.refusal('site.start("relay", "two")')).toBe("STORAGE_NEWER_VERSION");
    expect(await tab.refusal(`site.describe("${id}")`)).toBe("STORAGE_NEWER_VERSION");
    const late = await world.open();
    await until("the late tab to know", async () => (await late.status()) === "SUPERSEDED");
    expect(site.asked("one")).toEqual({ "step-1": 1, "step-2": 1 });
  });

  test("that is cleared under an execution takes it away whole, and what starts next is new", async () => {
    const world = await World.open();
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

  test("that the browser denies is an error with a code, and a state of the page", async () => {
    const world = await World.open();
    const tab = await world.open({ policy: "sandbox" });
    await until("the page to know", async () => (await tab.status()) === "UNAVAILABLE");
    expect(await tab.tab.evaluate("site.host.status.get().error.code")).toBe("STORAGE_UNAVAILABLE");
    expect(await tab.refusal('site.start("relay", "one")')).toBe("STORAGE_UNAVAILABLE");
  });
});

function originOf(world: World): string {
  return new URL(world.site.url()).origin;
}

function isPaused({ status, halt }: Header): boolean {
  return status === "RUNNING" && halt?.reason === "STORAGE_FULL";
}
