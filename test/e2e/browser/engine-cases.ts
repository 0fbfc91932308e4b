/**
 * What the tests in Chromium find out about tabs, reloads and crashes, in a browser of another maker: as far as its remote
 * control goes, which can neither freeze or hide a tab nor take a renderer or the room on the disk away.
 */

import { afterAll, describe, expect, inject, test } from "vitest";
import { startEngine } from "../../../scripts/browsers/find-engines.ts";
import type { RemoteBrowser, RemoteTab } from "../../../scripts/browsers/remote-browser.ts";
import { Chaos } from "./chaos.ts";
import { type SiteTab, until, World } from "./world.ts";

type EngineTab = SiteTab<RemoteTab>;
type Open = () => Promise<World<RemoteTab>>;

/** In CI always the same, so that a change is judged by what it changes. */
const SEED = process.env["CI"] === "true" ? 20261128 : Math.floor(Math.random() * 1e9);

export function describeTabsIn(name: "firefox" | "webkit"): void {
  const engine = inject("engines")[name];
  const openIn = (running?: RemoteBrowser): Promise<World<RemoteTab>> => {
    if (!engine.found) throw new Error(engine.reason);
    return World.openIn(engine, running);
  };
  describe.skipIf(!engine.found)(engine.found ? `tabs in ${name}` : `tabs in ${name} [${engine.reason}]`, () => {
    let running: RemoteBrowser | undefined;
    const open: Open = async () => {
      if (running === undefined && engine.found) running = await startEngine(engine);
      return openIn(running);
    };
    afterAll(async () => running?.kill());

    test.for([2, 5])("%i of them run an execution in turn, each taking over from one that is gone", (count) =>
      takesTurns(open, count),
    );
    test.for([2, 5])("%i of them to which anything happens keep every promise", (count) => keepsPromises(open, count));
    test("a reload in the middle of a step runs that step again, and none that was done", () => reloads(open));
    test("a reload in the middle of a step that must not run twice fails it", () => failsOnce(open));
    test("functions in a worker go on in the next page's worker", () => worksInWorkers(open));
    test("one that runs nothing starts, answers, watches and stops what another one runs", () => serves(open));
    test("a page in the back/forward cache lets another tab run, and is up to date when it comes back", () =>
      comesBack(open));
    test("a newer tab's database stops this one, and keeps later ones of the old code out", () => isSuperseded(open));
    test("storage that the browser denies is an error with a code, and a state of the page", () => isDenied(open));
  });
  const keepsNothing = name === "webkit" ? "under remote control WebKitGTK keeps nothing on the disk" : undefined;
  const reason = engine.found ? keepsNothing : engine.reason;
  const kill = `${name} that is killed while it writes loses nothing that was recorded`;
  test.skipIf(reason !== undefined)(reason === undefined ? kill : `${kill} [${reason}]`, () => survivesKills(openIn));
}

async function takesTurns(open: Open, count: number): Promise<void> {
  const world = await open();
  const { site } = world;
  const tabs: EngineTab[] = [];
  for (let at = 0; at < count; at++) tabs.push(await world.open());
  const holds = Array.from({ length: count - 1 }, (_, at) =>
    site.log.hold(({ target }) => target === `one/step-${at + 2}`),
  );
  const id = await tabs[0]!.start("relay", "one", { steps: count + 1 });
  for (const [at, held] of holds.entries()) {
    await held.arrived;
    const [owner] = await whoRuns(tabs, `one/step-${at + 2}`);
    if (at % 2 === 0) await owner.tab.close();
    else await owner.tab.navigate("about:blank");
    tabs.splice(tabs.indexOf(owner), 1);
    await tabs[0]!.asked("one", `step-${at + 2}`, 2);
    held.release();
  }
  expect(await tabs[0]!.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  const expected = Array.from({ length: count + 1 }, (_, at) => [`step-${at + 1}`, at > 0 && at < count ? 2 : 1]);
  expect(site.asked("one")).toEqual(Object.fromEntries(expected));
}

async function keepsPromises(open: Open, tabs: number): Promise<void> {
  const chaos = new Chaos(await open(), { seed: SEED + tabs, actions: 16, tabs });
  const told = (): string => `CHAOS_SEED=${SEED + tabs}\n${chaos.trail.join("\n")}\n`;
  const complaints = await chaos.run().catch((error: unknown) => {
    throw new Error(told(), { cause: error });
  });
  expect(complaints, told()).toEqual([]);
}

async function reloads(open: Open): Promise<void> {
  const world = await open();
  const { site } = world;
  const held = site.log.hold(({ target }) => target === "one/step-2");
  const tab = await world.open();
  const id = await tab.start("relay", "one", { steps: 3 });
  await held.arrived;
  await tab.tab.reload();
  await tab.asked("one", "step-2", 2);
  held.release();
  expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  expect(site.asked("one")).toEqual({ "step-1": 1, "step-2": 2, "step-3": 1 });
}

async function failsOnce(open: Open): Promise<void> {
  const world = await open();
  const { site } = world;
  const held = site.log.hold(({ target }) => target === "one/step-2");
  const tab = await world.open();
  const id = await tab.start("relay", "one", { steps: 3, atMostOnce: true });
  await held.arrived;
  await tab.tab.reload();
  expect(await tab.ended(id)).toMatchObject({ status: "FAILED" });
  held.release();
  expect(site.asked("one")).toEqual({ "step-1": 1, "step-2": 1 });
}

async function worksInWorkers(open: Open): Promise<void> {
  const world = await open();
  const { site } = world;
  const held = site.log.hold(({ target }) => target === "one/step-2");
  const tab = await world.open({ worker: "1" });
  const id = await tab.start("relay", "one", { steps: 3, wait: 1 });
  await held.arrived;
  await tab.tab.reload();
  await tab.asked("one", "step-2", 2);
  held.release();
  expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  expect(site.asked("one")).toEqual({ "step-1": 1, "step-2": 2, "step-3": 1 });
  expect(await tab.tab.evaluate("site.refused")).toEqual([]);
}

async function serves(open: Open): Promise<void> {
  const world = await open();
  const runner = await world.open();
  const viewer = await world.open({ viewer: "1", approve: "approval/one" });
  const id = await runner.start("approval", "one");
  expect(await viewer.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  expect(JSON.parse((await runner.ended(id)).result ?? "null")).toBe('{"approved":true,"by":"Ada"}');
  const two = await runner.start("approval", "two");
  await viewer.tab.evaluate(`site.host.client.stop(${JSON.stringify(two)})`);
  expect(await runner.ended(two)).toMatchObject({ status: "STOPPED" });
}

async function comesBack(open: Open): Promise<void> {
  const world = await open();
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
}

async function isSuperseded(open: Open): Promise<void> {
  const world = await open();
  const { site } = world;
  const held = site.log.hold(({ target }) => target === "one/step-2");
  const tab = await world.open();
  await tab.start("relay", "one", { steps: 3 });
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
  const late = await world.open();
  await until("the late tab to know", async () => (await late.status()) === "SUPERSEDED");
  expect(site.asked("one")).toEqual({ "step-1": 1, "step-2": 1 });
}

async function isDenied(open: Open): Promise<void> {
  const world = await open();
  const tab = await world.open({ policy: "sandbox" });
  await until("the page to know", async () => (await tab.status()) === "UNAVAILABLE");
  expect(await tab.tab.evaluate("site.host.status.get().error.code")).toBe("STORAGE_UNAVAILABLE");
  expect(await tab.refusal('site.start("relay", "one")')).toBe("STORAGE_UNAVAILABLE");
}

async function survivesKills(open: Open): Promise<void> {
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
}
