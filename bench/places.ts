/** What sections are measured in: each is started by the first section that needs it, and stopped at the end. */

import { BenchBrowser } from "./browser.ts";
import { BenchConsole } from "./console.ts";
import { CONSOLE_SIZE } from "./console-sections.ts";
import { BenchPlayground } from "./playground.ts";
import { BenchTab } from "./tab.ts";
import { BenchWorker } from "./workerd.ts";

interface Place {
  stop(): Promise<void>;
}

export class Places {
  readonly #stops = new AsyncDisposableStack();
  #worker: BenchWorker | undefined;
  #browser: BenchBrowser | undefined;
  #tab: BenchTab | undefined;
  #playground: BenchPlayground | undefined;
  #console: BenchConsole | undefined;

  async worker(): Promise<BenchWorker> {
    this.#worker ??= this.#keep(await BenchWorker.start());
    return this.#worker;
  }

  async tab(): Promise<BenchTab> {
    this.#tab ??= this.#keep(await BenchTab.start(await this.#openBrowser()));
    return this.#tab;
  }

  async playground(): Promise<BenchPlayground> {
    this.#playground ??= this.#keep(await BenchPlayground.start(await this.#openBrowser()));
    return this.#playground;
  }

  async console(): Promise<BenchConsole> {
    this.#console ??= this.#keep(await BenchConsole.start(await this.#openBrowser(), CONSOLE_SIZE));
    return this.#console;
  }

  /** The last one that was started first. */
  stop(): Promise<void> {
    return this.#stops.disposeAsync();
  }

  async #openBrowser(): Promise<BenchBrowser> {
    this.#browser ??= this.#keep(await BenchBrowser.start());
    return this.#browser;
  }

  #keep<T extends Place>(place: T): T {
    this.#stops.defer(() => place.stop());
    return place;
  }
}
