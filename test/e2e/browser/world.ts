/** A site, a browser and its tabs: what the tests of several tabs and lives begin with. */

import { onTestFinished } from "vitest";
import type { Engine } from "../../../scripts/browsers/find-engines.ts";
import { Firefox, type Preferences } from "../../../scripts/browsers/firefox.ts";
import { InspectedWebKit } from "../../../scripts/browsers/inspected-webkit.ts";
import { Profile, type RemoteBrowser, type RemoteTab } from "../../../scripts/browsers/remote-browser.ts";
import type { WebKitPrograms } from "../../../scripts/browsers/webkit.ts";
import { type BrowserTab, Chromium } from "./chromium.ts";
import { SiteServer } from "./site-server.ts";

export interface Header {
  readonly status: string;
  readonly result?: string;
  readonly error?: { readonly errorType?: string };
  readonly halt?: { readonly reason: string };
}

export type EngineKind = "chromium" | Engine["kind"];

/** How a browser is started on a profile. */
type Start<Tab extends RemoteTab> = (profile: Profile) => Promise<RemoteBrowser<Tab>>;

/** Its tabs are Chromium's, which can do more, unless another engine was asked for. */
export class World<Tab extends RemoteTab = BrowserTab> {
  readonly site: SiteServer;
  readonly engine: EngineKind;
  /** Whether its browser is its own, which may be killed, and keeps what pages store. */
  readonly mayKill: boolean;
  readonly profile: Profile = new Profile();
  readonly #start: Start<Tab>;
  #browser: RemoteBrowser<Tab> | undefined;

  private constructor(site: SiteServer, engine: EngineKind, start: Start<Tab>, mayKill: boolean) {
    this.site = site;
    this.engine = engine;
    this.mayKill = mayKill;
    this.#start = start;
  }

  /** In a Chromium of its own. For the test that calls it: everything is ended with it. */
  static open(flags: readonly string[] = []): Promise<World> {
    return World.#open("chromium", (profile) => Chromium.start(profile, flags));
  }

  /** In a Firefox of its own, with settings of `about:config`. */
  static openFirefox(executablePath: string, preferences?: Preferences): Promise<World<RemoteTab>> {
    return World.#open("firefox", (profile) => Firefox.start(executablePath, profile, preferences));
  }

  /** In a WebKitGTK of its own, which keeps what it stores: on a disk of so many bytes, if there is a limit. */
  static openWebKit(programs: WebKitPrograms, bytes?: number): Promise<World<RemoteTab>> {
    return World.#open(
      "webkit",
      (profile) => InspectedWebKit.start(programs, profile),
      (profile) => bytes !== undefined && profile.mount(bytes),
    );
  }

  /** In a running browser, in which its site is a new one. Its tabs are that browser's to end, its site the caller's. */
  static async share<Tab extends RemoteTab>(engine: EngineKind, running: RemoteBrowser<Tab>): Promise<World<Tab>> {
    const world = new World(await SiteServer.open(), engine, () => Promise.resolve(running), false);
    await world.startBrowser();
    return world;
  }

  static async #open<Tab extends RemoteTab>(
    engine: EngineKind,
    start: Start<Tab>,
    prepare: (profile: Profile) => unknown = () => {},
  ): Promise<World<Tab>> {
    // First what may fail for a fault in the code: it leaves no browser behind.
    const world = new World(await SiteServer.open(), engine, start, true);
    onTestFinished(() => world.#close());
    prepare(world.profile);
    await world.startBrowser();
    return world;
  }

  /** A tab with the page under test, ready; from another host name if one is given. */
  async open(parameters: Readonly<Record<string, string>> = {}, hostname = "localhost"): Promise<SiteTab<Tab>> {
    const tab = await this.#openTab(this.site.url(parameters).replace("localhost", hostname));
    const page = new SiteTab(tab, this.site);
    await page.ready();
    return page;
  }

  /** A tab with nothing of ours in it, of the same site. */
  async openBlank(hostname = "localhost"): Promise<Tab> {
    const tab = await this.#openTab(new URL("/nothing", this.site.url()).href.replace("localhost", hostname));
    await until("the blank page", async () =>
      tab.evaluate<boolean>('location.pathname === "/nothing"').catch(() => false),
    );
    return tab;
  }

  async killBrowser(): Promise<void> {
    if (!this.mayKill) throw new Error("others use this browser");
    await this.#browser?.kill();
  }

  /** Kills the process that serves IndexedDB to all tabs. */
  loseServer(): void {
    if (!(this.#browser instanceof InspectedWebKit)) throw new Error("the browser serves it itself");
    this.#browser.killServer();
  }

  /** A new browser on the profile of the one before. */
  async startBrowser(): Promise<void> {
    this.#browser = await this.#start(this.profile);
  }

  async #openTab(url: string): Promise<Tab> {
    if (this.#browser === undefined) throw new Error("no browser has been started");
    return await this.#browser.open(url);
  }

  async #close(): Promise<void> {
    await this.#browser?.kill();
    await this.site.close();
    this.profile.remove();
  }
}

const LOAD_WHEN_READY = "globalThis.site && performance.timeOrigin";

/** A tab with the page under test, which may reload itself at any moment. */
export class SiteTab<Tab extends RemoteTab = BrowserTab> {
  readonly tab: Tab;
  readonly #site: SiteServer;

  constructor(tab: Tab, site: SiteServer) {
    this.tab = tab;
    this.#site = site;
  }

  async ready(): Promise<void> {
    await this.#load();
  }

  /** What an expression that changes nothing is worth. A page that reloads meanwhile is asked again after it. */
  async read<T>(expression: string): Promise<T> {
    for (;;) {
      const load = await this.#load();
      try {
        return await this.tab.evaluate<T>(expression);
      } catch (error) {
        if ((await this.#load()) === load) throw error;
      }
    }
  }

  async start(functionName: string, name: string, event: unknown = null): Promise<string> {
    return await this.tab.evaluate(
      `site.start(${[functionName, name, event].map((part) => JSON.stringify(part)).join()})`,
    );
  }

  /** The code of what a call in the page is refused with; empty when it is not. */
  async refusal(call: string): Promise<string> {
    return await this.tab.evaluate(`(${call}).then(() => "", (error) => error.code ?? String(error))`);
  }

  async status(): Promise<string> {
    return await this.read("site.host.status.get().state");
  }

  async describe(id: string): Promise<Header> {
    return await this.read(`site.describe(${JSON.stringify(id)})`);
  }

  /** Has an execution that found no room try again, unless it has by itself meanwhile: then it is halted no more. */
  async resumeForRoom(id: string): Promise<void> {
    await this.tab.evaluate(`site.host.client.resume(${JSON.stringify(id)}).catch((error) => {
      if (error.code !== "InvalidParameterValueException") throw error;
    })`);
  }

  /** Operations by name and status. */
  async operations(id: string): Promise<[name: string | null, status: string][]> {
    return await this.read(`site.operations(${JSON.stringify(id)})`);
  }

  /** The names of steps and waits that are recorded as succeeded. */
  async succeeded(id: string): Promise<(string | null)[]> {
    return (await this.operations(id)).flatMap(([name, status]) => (status === "SUCCEEDED" ? [name] : []));
  }

  /** Resolves with the header once the execution has ended, wherever it runs. */
  async ended(id: string): Promise<Header> {
    let header: Header | undefined;
    await until(`the end of ${id}`, async () => {
      header = await this.describe(id).catch(() => undefined);
      return header !== undefined && header.status !== "RUNNING";
    });
    return header as Header;
  }

  /** Resolves once a step has been asked for so many times. */
  async asked(execution: string, step: string, times = 1): Promise<void> {
    await until(`${step} to be asked for`, () => (this.#site.asked(execution)[step] ?? 0) >= times);
  }

  /** Waits until the page is ready, and tells one load of it from the next. */
  async #load(): Promise<number> {
    let load: number | undefined;
    await until("the page to be ready", async () => {
      load = await this.tab.evaluate<number | undefined>(LOAD_WHEN_READY).catch(() => undefined);
      return load !== undefined;
    });
    return load as unknown as number;
  }
}

/**
 * The tab in which a step runs, and the others. It is mostly the one that has started the execution, but any that finds it
 * may have its lock first: one that comes up at that moment reads it in the directory before its starter has heard that it
 * is there.
 */
export async function whoRuns<Tab extends RemoteTab>(
  tabs: readonly SiteTab<Tab>[],
  step: string,
): Promise<readonly [owner: SiteTab<Tab>, ...others: SiteTab<Tab>[]]> {
  for (const owner of tabs) {
    const asking = await owner.tab.evaluate<string>("globalThis.asking");
    if (asking === step) return [owner, ...tabs.filter((tab) => tab !== owner)];
  }
  throw new Error(`no tab runs ${step}`);
}

const PATIENCE_MS = 200_000;

/** Asks again and again, with patience for a slow machine. An answer that never comes is named as well. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await within(what, Promise.resolve(isSo())))) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((next) => setTimeout(next, 25));
  }
}

/** A page's answer, which must come at all: what hangs is named. */
export async function within<T>(what: string, answer: Promise<T>): Promise<T> {
  let timeout: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<never>((_, reject) => {
    timeout = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), PATIENCE_MS);
  });
  return await Promise.race([answer, over]).finally(() => clearTimeout(timeout));
}
