import type { Host } from "../../engine/ports/host.ts";

export interface PollingOptions {
  readonly host: Pick<Host, "now" | "timer">;
  readonly look: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * The first pause is short, so that a quick outcome is seen soon; later ones are longer, so that a long wait costs
 * little.
 */
const FIRST_PAUSE_MS = 150;
const LONGEST_PAUSE_MS = 2000;
const GROWTH = 1.3;

/** Looks again and again, ever less often, until it is stopped. */
export class Polling {
  readonly #options: PollingOptions;
  #pauseMs = FIRST_PAUSE_MS;
  #cancel: (() => void) | undefined;
  #isStopped = false;

  constructor(options: PollingOptions) {
    this.#options = options;
    this.#arm();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  #arm(): void {
    const { host } = this.#options;
    this.#cancel = host.timer(host.now() + this.#pauseMs, () => void this.#look());
    this.#pauseMs = Math.min(this.#pauseMs * GROWTH, LONGEST_PAUSE_MS);
  }

  async #look(): Promise<void> {
    const { look, onError } = this.#options;
    try {
      await look();
    } catch (error) {
      if (!this.#isStopped) onError(error);
    }
    if (!this.#isStopped) this.#arm();
  }
}
