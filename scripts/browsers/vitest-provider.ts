/** Has vitest run its browser tests in a browser that is remotely controlled by a standard instead of by Playwright. */

import { playwright } from "@vitest/browser-playwright";
import type { BrowserProvider, BrowserProviderOption, TestProject } from "vitest/node";
import { type Engine, startEngine } from "./find-engines.ts";
import type { RemoteBrowser, RemoteTab } from "./remote-browser.ts";

declare module "vitest/browser" {
  interface BrowserCommands {
    __vitest_viewport(): Promise<void>;
  }
}

/** Pages only: what needs a browser's own tools, such as its mouse, is not there. */
export function inEngine(engine: Engine): BrowserProviderOption {
  const { serverFactory } = playwright();
  return {
    name: engine.kind,
    supportedBrowser: [engine.kind],
    options: {},
    providerFactory: (project) => new RemoteProvider(project, engine),
    serverFactory,
  };
}

class RemoteProvider implements BrowserProvider {
  readonly name: string;
  readonly supportsParallelism = true;
  readonly #engine: Engine;
  readonly #tabs = new Map<string, RemoteTab>();
  #browser: Promise<RemoteBrowser> | undefined;

  constructor(project: TestProject, engine: Engine) {
    this.name = engine.kind;
    this.#engine = engine;
    // Asked for before each file. What the window measures is nothing to these tests.
    project.browser?.registerCommand("__vitest_viewport", async () => {});
  }

  getCommandsContext(): Record<string, unknown> {
    return {};
  }

  async openPage(sessionId: string, url: string): Promise<void> {
    this.#browser ??= startEngine(this.#engine);
    const browser = await this.#browser;
    await this.#tabs.get(sessionId)?.close();
    this.#tabs.set(sessionId, await browser.open(url));
  }

  async close(): Promise<void> {
    const browser = await this.#browser?.catch(() => undefined);
    this.#browser = undefined;
    this.#tabs.clear();
    await browser?.kill();
  }
}
