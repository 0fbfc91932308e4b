/** A site, a browser and its tabs: what the tests of several tabs and lives begin with. */

import { onTestFinished } from "vitest";
import { type BrowserTab, Chromium, Profile } from "./chromium.ts";
import { SiteServer } from "./site-server.ts";

export interface Header {
  readonly status: string;
  readonly result?: string;
  readonly error?: { readonly errorType?: string };
  readonly halt?: { readonly reason: string };
}

export class World {
  readonly site: SiteServer;
  readonly #profile: Profile;
  readonly #flags: readonly string[];
  #chromium: Chromium;

  private constructor(site: SiteServer, profile: Profile, chromium: { running: Chromium; flags: readonly string[] }) {
    this.site = site;
    this.#profile = profile;
    this.#chromium = chromium.running;
    this.#flags = chromium.flags;
  }

  /** For the test that calls it: everything is ended with it. */
  static async open(flags: readonly string[] = []): Promise<World> {
    // First what may fail for a fault in the code: it leaves no browser behind.
    const site = await SiteServer.open();
    const profile = new Profile();
    const running = await Chromium.start(profile, flags);
    const world = new World(site, profile, { running, flags });
    onTestFinished(() => world.#close());
    return world;
  }

  /** A tab with the page under test, ready; from another host name if one is given. */
  async open(parameters: Readonly<Record<string, string>> = {}, hostname = "localhost"): Promise<SiteTab> {
    const tab = await this.#chromium.open(this.site.url(parameters).replace("localhost", hostname));
    const page = new SiteTab(tab, this.site);
    await page.ready();
    return page;
  }

  /** A tab with nothing of ours in it, of the same site. */
  async openBlank(hostname = "localhost"): Promise<BrowserTab> {
    const tab = await this.#chromium.open(new URL("/nothing", this.site.url()).href.replace("localhost", hostname));
    await until("the blank page", async () => tab.evaluate<boolean>('location.pathname === "/nothing"'));
    return tab;
  }

  async killBrowser(): Promise<void> {
    await this.#chromium.kill();
  }

  /** A new browser on the profile of the one before. */
  async startBrowser(): Promise<void> {
    this.#chromium = await Chromium.start(this.#profile, this.#flags);
  }

  async #close(): Promise<void> {
    await this.#chromium.kill();
    await this.site.close();
    this.#profile.remove();
  }
}

/** A tab with the page under test. What it is asked while it reloads is asked again. */
export class SiteTab {
  readonly tab: BrowserTab;
  readonly #site: SiteServer;

  constructor(tab: BrowserTab, site: SiteServer) {
    this.tab = tab;
    this.#site = site;
  }

  async ready(): Promise<void> {
    await until("the page to be ready", () => this.#isReady());
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
    return await this.tab.evaluate("site.host.status.get().state");
  }

  async describe(id: string): Promise<Header> {
    await this.ready();
    return await this.tab.evaluate(`site.describe(${JSON.stringify(id)})`);
  }

  /** The names of steps and waits that are recorded as succeeded. */
  async succeeded(id: string): Promise<(string | null)[]> {
    const operations = await this.tab.evaluate<[string | null, string][]>(`site.operations(${JSON.stringify(id)})`);
    return operations.flatMap(([name, status]) => (status === "SUCCEEDED" ? [name] : []));
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

  async #isReady(): Promise<boolean> {
    try {
      return await this.tab.evaluate<boolean>("globalThis.site !== undefined");
    } catch {
      return false;
    }
  }
}

const PATIENCE_MS = 60_000;

/** Asks again and again, with patience for a slow machine. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((next) => setTimeout(next, 25));
  }
}
