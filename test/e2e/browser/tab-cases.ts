/** What tabs do in any engine: as far as every remote control goes. */

import { expect, test } from "vitest";
import type { RemoteTab } from "../../../scripts/browsers/remote-browser.ts";
import { BrowserTab } from "./chromium.ts";
import type { Open } from "./describe-tabs.ts";
import { type SiteTab, until, whoRuns, within } from "./world.ts";

type Page = SiteTab<RemoteTab>;

/** The tests, in sites that `open` opens. */
export function tabCases(open: Open): void {
  test.for([2, 5])("%i of them run an execution in turn, each taking over from one that is gone", (count) =>
    takesTurns(open, count),
  );
  test("a reload in the middle of a step runs that step again, and none that was done", () => reloads(open));
  test("a reload in the middle of a step that must not run twice fails it", () => failsOnce(open));
  test("a reload during a wait keeps its time", () => keepsTime(open));
  test("functions in a worker go on in the next page's worker", () => worksInWorkers(open));
  test("one that runs nothing starts, answers, watches and stops what another one runs", () => serves(open));
  test("a page in the back/forward cache lets another tab run, and is up to date when it comes back", () =>
    comesBack(open));
  test("a newer tab's database stops this one, and keeps later ones of the old code out", () => isSuperseded(open));
  test("site data that is cleared takes what runs away whole, and what starts next is new", () => isCleared(open));
  test("site data that is cleared at the very moment of a start keeps nobody waiting", () => startsWhileCleared(open));
  test("site data that is cleared at the very moment of a commit keeps nobody waiting", () =>
    commitsWhileCleared(open));
  test("site data that is cleared at the very moment of a read keeps nobody waiting", () => readsWhileCleared(open));
  test("a page that is loaded after site data was cleared leaves to an older one what that runs", () =>
    leavesToOlder(open));
  test("storage that the browser denies is an error with a code, and a state of the page", () => isDenied(open));
}

/**
 * What asks for a back/forward cache of the engine's own, which Chromium has not under remote control, and which Firefox
 * has only for a page that holds no lock.
 */
export function cacheCases(open: Open, { keepsLocks }: { readonly keepsLocks: boolean }): void {
  test("a page that comes back out of the engine's own back/forward cache goes on", () => comesOutOfCache(open, 0));
  test.runIf(keepsLocks)(
    "a page that goes into the engine's own back/forward cache leaves what it runs to others",
    () => comesOutOfCache(open, 2),
  );
}

async function takesTurns(open: Open, count: number): Promise<void> {
  const world = await open();
  const { site } = world;
  const tabs: Page[] = [];
  for (let at = 0; at < count; at++) tabs.push(await world.open());
  const holds = Array.from({ length: count - 1 }, (_, at) =>
    site.log.hold(({ target }) => target === `one/step-${at + 2}`),
  );
  const id = await tabs[0]!.start("relay", "one", { steps: count + 1 });
  for (const [at, held] of holds.entries()) {
    await held.arrived;
    const [owner] = await whoRuns(tabs, `one/step-${at + 2}`);
    await leaves[at % leaves.length]!(owner.tab);
    tabs.splice(tabs.indexOf(owner), 1);
    await tabs[0]!.asked("one", `step-${at + 2}`, 2);
    held.release();
  }
  expect(await tabs[0]!.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  const expected = Array.from({ length: count + 1 }, (_, at) => [`step-${at + 1}`, at > 0 && at < count ? 2 : 1]);
  expect(site.asked("one")).toEqual(Object.fromEntries(expected));
}

/** Every way for a tab to go: closed, away to another page, dead where it can be killed. */
const leaves: readonly ((tab: RemoteTab) => Promise<void>)[] = [
  (tab) => tab.close(),
  (tab) => tab.navigate("about:blank"),
  (tab) => (tab instanceof BrowserTab ? tab.crash() : tab.close()),
];

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

async function keepsTime(open: Open): Promise<void> {
  const world = await open();
  const { site } = world;
  const tab = await world.open();
  const begun = Date.now();
  const id = await tab.start("relay", "one", { steps: 1, wait: 3 });
  await until("the step to be recorded", async () => (await tab.succeeded(id)).includes("step-1"));
  await tab.tab.reload();
  expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  expect(Date.now() - begun).toBeGreaterThanOrEqual(3000);
  expect(site.asked("one")).toEqual({ "step-1": 1 });
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
  await until("the callback to be open", async () =>
    viewer.tab.evaluate<boolean>(
      `site.operations(${JSON.stringify(two)}).then((all) => all.some(([, status]) => status === "STARTED"))`,
    ),
  );
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

/** With a wait of some seconds the page is left while it runs an execution, and without one after that. */
async function comesOutOfCache(open: Open, wait: number): Promise<void> {
  const world = await open();
  const { site } = world;
  const tabs = [await world.open(), await world.open()];
  const id = await tabs[0]!.start("relay", "one", { steps: 2, ...(wait > 0 && { wait }) });
  const last = wait > 0 ? "step-1" : "step-2";
  await until("the step to be recorded", async () => (await tabs[0]!.succeeded(id)).includes(last));
  const [cached, other] = await whoRuns(tabs, `one/${last}`);
  if (wait === 0) await cached.ended(id);
  await cached.tab.evaluate(
    'void addEventListener("pageshow", ({ persisted }) => void (globalThis.isOutOfCache = persisted))',
  );
  await cached.tab.navigate(new URL("/nothing", site.url()).href);
  expect(await other!.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  // Not at once: what is asked of a page that goes is not always answered.
  await cached.tab.evaluate("void setTimeout(() => history.back(), 100)");
  await until("the page to be back", () =>
    cached.tab.evaluate<boolean>("globalThis.isOutOfCache === true").catch(() => false),
  );
  await until("the page to run", async () => (await cached.status()) === "RUNNING");
  expect(await cached.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  await other!.tab.close();
  expect(await cached.ended(await cached.start("relay", "two", { steps: 2 }))).toMatchObject({ status: "SUCCEEDED" });
  expect(site.asked("one")).toEqual({ "step-1": 1, "step-2": 1 });
}

async function isSuperseded(open: Open): Promise<void> {
  const world = await open();
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
}

async function isCleared(open: Open): Promise<void> {
  const world = await open();
  const { site } = world;
  const held = site.log.hold(({ target }) => target === "one/step-2");
  const tab = await world.open();
  const viewer = await world.open({ viewer: "1" });
  const id = await within("the start", tab.start("relay", "one", { steps: 3 }));
  await within("its second step", held.arrived);
  await viewer.tab.evaluate(`void (globalThis.shown = [], site.host.subscribe(${JSON.stringify(id)},
    ({ header }) => shown.push(header?.status)))`);
  await until("the view to show it", () => viewer.tab.evaluate<boolean>('shown.includes("RUNNING")'));
  await within("the clearing", viewer.tab.evaluate('fetch("/clear").then(({ status }) => status)'));
  await until("the view to show that it is gone", () => viewer.tab.evaluate<boolean>("shown.at(-1) === undefined"));
  held.release();
  for (const page of [tab, viewer])
    expect(await within("what is told of it", page.refusal(`site.describe(${JSON.stringify(id)})`))).toBe(
      "ResourceNotFoundException",
    );
  await within("the new start", tab.start("relay", "one", { steps: 2 }));
  expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED", result: '["one/step-1 2","one/step-2 2"]' });
  expect(site.asked("one")).toEqual({ "step-1": 2, "step-2": 2 });
  // A browser may refuse a database while it clears the others.
  for (const page of [tab, viewer]) await until("it to run", async () => (await page.status()) === "RUNNING");
}

async function startsWhileCleared(open: Open): Promise<void> {
  const world = await open();
  const tab = await world.open();
  await clearsBefore(tab, "readwrite");
  const id = await within("the start", tab.start("relay", "one", { steps: 2 }));
  expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  expect(world.site.asked("one")).toEqual({ "step-1": 1, "step-2": 1 });
}

async function commitsWhileCleared(open: Open): Promise<void> {
  const world = await open();
  const { site } = world;
  const held = site.log.hold(({ target }) => target === "one/step-2");
  const tab = await world.open();
  const id = await tab.start("relay", "one", { steps: 3 });
  // A step that takes its time is recorded as begun, so that the next commit is of its end.
  await until("the step", async () => (await tab.operations(id)).some(([name]) => name === "step-2"));
  await clearsBefore(tab, "readwrite");
  held.release();
  const describe = `site.describe(${JSON.stringify(id)})`;
  const answer = (): Promise<string> => within("what is told of it", tab.refusal(describe));
  await until("it to be gone", async () => (await answer()) === "ResourceNotFoundException");
  await within("the new start", tab.start("relay", "one", { steps: 2 }));
  expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  expect(site.asked("one")).toEqual({ "step-1": 2, "step-2": 2 });
}

async function readsWhileCleared(open: Open): Promise<void> {
  const world = await open();
  const tab = await world.open();
  const id = await tab.start("relay", "one", { steps: 1 });
  await tab.ended(id);
  await clearsBefore(tab, "readonly");
  const describe = `site.describe(${JSON.stringify(id)})`;
  expect(await within("what is told of it", tab.refusal(describe))).toBe("ResourceNotFoundException");
  expect(await tab.status()).toBe("RUNNING");
}

async function leavesToOlder(open: Open): Promise<void> {
  const world = await open();
  const { site } = world;
  const held = site.log.hold(({ target }) => target === "one/step-1");
  const older = await world.open();
  // Where a page has not asked for a lock before, it is given those of now.
  await older.ended(await older.start("relay", "before", { steps: 1 }));
  await older.tab.evaluate('fetch("/clear").then(({ status }) => status)');
  const id = await older.start("relay", "one", { steps: 2 });
  await held.arrived;
  const blank = await world.openBlank();
  const lock = JSON.stringify(`perdure:site:${id}`);
  await until("pages that are new to see its lock", () =>
    blank.evaluate<boolean>(`navigator.locks.query().then(({ held }) => held.some(({ name }) => name === ${lock}))`),
  );
  const newer = await world.open();
  await until("the newer page to have looked", async () => (await newer.status()) === "RUNNING");
  held.release();
  expect(await newer.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  expect(site.asked("one")).toEqual({ "step-1": 1, "step-2": 1 });
}

/**
 * Has a page clear what the site has stored right before its next transaction that reads or writes. All in one go: the
 * page hears of the clearing only when the transaction has begun.
 */
async function clearsBefore(page: Page, mode: "readonly" | "readwrite"): Promise<void> {
  await page.tab.evaluate(`void ((transaction) => {
    IDBDatabase.prototype.transaction = function (stores, mode = "readonly", options = {}) {
      if (mode === ${JSON.stringify(mode)}) {
        IDBDatabase.prototype.transaction = transaction;
        const clearing = new XMLHttpRequest();
        clearing.open("GET", "/clear", false);
        clearing.send();
      }
      return transaction.call(this, stores, mode, options);
    };
  })(IDBDatabase.prototype.transaction)`);
}

async function isDenied(open: Open): Promise<void> {
  const world = await open();
  const tab = await world.open({ policy: "sandbox" });
  await until("the page to know", async () => (await tab.status()) === "UNAVAILABLE");
  expect(await tab.tab.evaluate("site.host.status.get().error.code")).toBe("STORAGE_UNAVAILABLE");
  expect(await tab.refusal('site.start("relay", "one")')).toBe("STORAGE_UNAVAILABLE");
}
