/**
 * The process that serves IndexedDB is killed under its pages. WebKitGTK has one for it, which serves the network as well.
 * In Chromium and Firefox it is the browser's own, which takes the pages with it.
 */

import { afterAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { InspectedWebKit } from "../../../scripts/browsers/inspected-webkit.ts";
import { Profile, type RemoteTab } from "../../../scripts/browsers/remote-browser.ts";
import { inFull } from "../../../scripts/slow-tests.ts";
import { type SiteTab, until, World } from "./world.ts";

type Page = SiteTab<RemoteTab>;

const engine = inject("engines").webkit;

describe.skipIf(!engine.found)(
  engine.found ? "a lost database server" : `a lost database server [${engine.reason}]`,
  () => {
    const profile = new Profile();
    let running: Promise<InspectedWebKit> | undefined;
    afterAll(async () => {
      await (await running)?.kill();
      profile.remove();
    });

    /** A new site in the browser of the file. */
    const open = async (): Promise<World<RemoteTab>> => {
      if (!engine.found || engine.kind !== "webkit") throw new Error("there is no WebKitGTK");
      const world = await World.share("webkit", await (running ??= InspectedWebKit.start(engine.programs, profile)));
      onTestFinished(() => world.site.close());
      return world;
    };

    test("leaves an execution to go on, a step of which was under way, and its page to start others", async () => {
      const world = await open();
      const tab = await noting(await world.open());
      await tab.tab.evaluate('void pondering.held.add("one/step-2")');
      const id = await tab.start("ponder", "one", { steps: 3 });
      await until("the step", async () => (await ran(tab)).includes("one/step-2"));
      world.loseServer();
      await until("the page to read", async () => (await tab.describe(id)).status === "RUNNING");
      await tab.tab.evaluate("void pondering.held.clear()");
      expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
      expect(await tab.ended(await tab.start("ponder", "two", { steps: 1 }))).toMatchObject({ status: "SUCCEEDED" });
      expect(await ran(tab)).toEqual(["one/step-1", "one/step-2", "one/step-3", "two/step-1"]);
      expect(await tab.tab.evaluate("troubles")).toEqual([]);
    });

    inFull(() => {
      test("during a wait leaves it its time", async () => {
        const world = await open();
        const tab = await noting(await world.open());
        const id = await tab.start("ponder", "one", { steps: 2, wait: 2 });
        await until("the wait", async () => (await tab.operations(id)).some(([name]) => name === "a while"));
        world.loseServer();
        expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
        expect(await ran(tab)).toEqual(["one/step-1", "one/step-2"]);
        expect(await tab.tab.evaluate("troubles")).toEqual([]);
      });

      test("while nothing runs is noticed by nobody", async () => {
        const world = await open();
        const tab = await noting(await world.open());
        await tab.tab.evaluate("void site.follow()");
        world.loseServer();
        await until("the page to notice", () => tab.tab.evaluate<boolean>("frames.length > 0"));
        const id = await tab.start("ponder", "one", { steps: 1 });
        expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
        await until("the list to show it", () => tab.tab.evaluate<boolean>("site.shows(1)"));
        expect(await ran(tab)).toEqual(["one/step-1"]);
        expect(await tab.tab.evaluate("[...troubles, ...said]")).toEqual([]);
      });

      test("while executions are started keeps none from it, and starts none twice", async () => {
        const world = await open();
        const tab = await noting(await world.open());
        const names = Array.from({ length: 60 }, (_, at) => `number-${at}`);
        await tab.tab.evaluate(`void (globalThis.starts = ${JSON.stringify(names)}.map(async (name, at) => {
          await new Promise((next) => setTimeout(next, at * 5));
          return site.start("ponder", name, { steps: 1 }).then(() => "", (error) => error.code ?? String(error));
        }))`);
        await new Promise((next) => setTimeout(next, 100));
        world.loseServer();
        const refusals = await tab.tab.evaluate<string[]>("Promise.all(starts)");
        expect(refusals).toEqual(names.map(() => ""));
        for (const name of names) expect(await tab.ended(`ponder/${name}`)).toMatchObject({ status: "SUCCEEDED" });
        expect(await ran(tab)).toHaveLength(names.length);
        expect(await tab.tab.evaluate("[...troubles, ...said]")).toEqual([]);
      });

      test("leaves two tabs to go on, one after the other", async () => {
        const world = await open();
        const tabs = [await noting(await world.open()), await noting(await world.open())];
        for (const { tab } of tabs) await tab.evaluate('void pondering.held.add("one/step-2")');
        const id = await tabs[0]!.start("ponder", "one", { steps: 3 });
        await until("the step", async () => (await Promise.all(tabs.map(ran))).flat().includes("one/step-2"));
        world.loseServer();
        for (const tab of tabs) await until("each to read", async () => (await tab.describe(id)).status === "RUNNING");
        const isFirst = (await ran(tabs[0]!)).length > 0;
        const [owner, other] = isFirst ? [tabs[0]!, tabs[1]!] : [tabs[1]!, tabs[0]!];
        expect(await ran(other)).toEqual([]);
        await owner.tab.close();
        await until("the other to go on", async () => (await ran(other)).length > 0);
        await other.tab.evaluate("void pondering.held.clear()");
        expect(await other.ended(id)).toMatchObject({ status: "SUCCEEDED" });
        expect(await ran(other)).toEqual(["one/step-2", "one/step-3"]);
        expect(await other.tab.evaluate("troubles")).toEqual([]);
      });

      test("again and again, at any moment, leads to no second run of what was recorded", async () => {
        const world = await open();
        const tab = await noting(await world.open());
        const id = await tab.start("ponder", "one", { steps: 800 });
        const recorded: [done: (string | null)[], count: number][] = [];
        for (let losses = 0; losses < 8; losses++) {
          await new Promise((next) => setTimeout(next, 60 + losses * 37));
          recorded.push([await tab.succeeded(id), (await ran(tab)).length]);
          world.loseServer();
        }
        expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
        const all = await ran(tab);
        for (const [done, count] of recorded)
          expect(done.filter((step) => all.slice(count).includes(`one/${step}`))).toEqual([]);
        expect(new Set(all).size).toBe(800);
      });

      test("leaves a worker to go on by the databases of its page, and to go on when they are lost again", async () => {
        const world = await open();
        const tab = await noting(await world.open({ worker: "1" }));
        const names = ["one", "two", "three", "four"];
        for (const [at, name] of names.entries()) {
          const id = await tab.start("ponder", name, { steps: 3, wait: 1 });
          await until("the wait", async () => (await tab.operations(id)).some(([step]) => step === "a while"));
          if (at % 2 === 0) world.loseServer();
          expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
          expect(await tab.succeeded(id)).toEqual(["step-1", "a while", "step-2", "a while", "step-3"]);
        }
        expect(await tab.tab.evaluate("[...troubles, ...said]")).toEqual([]);
      });

      test("again and again, while a worker runs steps, keeps it from none of them", async () => {
        const world = await open();
        const tab = await noting(await world.open({ worker: "1" }));
        const steps = 400;
        const id = await tab.start("ponder", "one", { steps });
        for (let losses = 0, done = 0; losses < 4; losses++) {
          // Or all of them: a fast machine may be done before the server was killed that often.
          await until("a step more", async () => {
            const { length } = await tab.succeeded(id).catch(() => []);
            return length === steps || (length > done && (done = length) > 0);
          });
          world.loseServer();
        }
        expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
        expect(await tab.succeeded(id)).toHaveLength(steps);
        expect(await tab.ended(await tab.start("ponder", "two", { steps: 1 }))).toMatchObject({ status: "SUCCEEDED" });
      });
    });
  },
);

/** Notes what its host's status comes to be, but for what it is when all is well, and what it tells of. */
async function noting(page: Page): Promise<Page> {
  await page.tab.evaluate(`void (globalThis.troubles = [], site.host.status.subscribe(() => {
    const { state } = site.host.status.get();
    if (state !== "RUNNING") troubles.push(state);
  }), globalThis.said = [], console.error = (...all) => said.push(all.map(String).join(" ")))`);
  return page;
}

function ran(page: Page): Promise<string[]> {
  return page.tab.evaluate("pondering.ran");
}
