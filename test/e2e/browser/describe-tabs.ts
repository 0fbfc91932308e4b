/**
 * Tests of tabs by the engine that they run in. Those of one file share a browser, in which each has a site of its own; and
 * they run side by side, since most of what they do is to wait.
 */

import { afterAll, describe, inject } from "vitest";
import { Profile, type RemoteBrowser, type RemoteTab } from "../../../scripts/browsers/remote-browser.ts";
import { startEngine } from "../../../scripts/browsers/find-engines.ts";
import { chromium } from "../in-chromium.ts";
import { type BrowserTab, Chromium } from "./chromium.ts";
import { type EngineKind, World } from "./world.ts";

/** A name for this machine that Chromium takes for another one's: its pages were not loaded over HTTPS. */
export const PLAIN_HOST = "plain.test";

/** A new site in the browser of the file, for the test that calls it. */
export type Open<Tab extends RemoteTab = RemoteTab> = () => Promise<World<Tab>>;

/** `describe`, where the engine is installed. Elsewhere its tests are skipped, and the report says why. */
export function describeTabs(kind: "chromium", name: string, tests: (open: Open<BrowserTab>) => void): void;
export function describeTabs(kind: EngineKind, name: string, tests: (open: Open) => void): void;
export function describeTabs(kind: EngineKind, name: string, tests: (open: Open<BrowserTab>) => void): void {
  const engine = kind === "chromium" ? chromium : inject("engines")[kind];
  const title = engine.found ? name : `${name} [${engine.reason}]`;
  describe.skipIf(!engine.found).concurrent(title, () => {
    let running: Promise<RemoteBrowser> | undefined;
    const profile = new Profile();
    const worlds: World[] = [];
    afterAll(async () => {
      await (await running)?.kill();
      for (const { site } of worlds) await site.close();
      profile.remove();
    });
    tests(async () => {
      // A test that is written for any engine asks nothing of its tabs that not all of them can.
      const world = (await World.share(kind, await (running ??= start(kind, profile)))) as World;
      worlds.push(world);
      return world;
    });
  });
}

async function start(kind: EngineKind, profile: Profile): Promise<RemoteBrowser> {
  if (kind === "chromium") return await Chromium.start(profile, [`--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`]);
  const engine = inject("engines")[kind];
  if (!engine.found) throw new Error(engine.reason);
  return await startEngine(engine, profile);
}
