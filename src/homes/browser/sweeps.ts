import type { Host } from "../../engine/ports/host.ts";
import { backoffMs } from "../../engine/runner/retries.ts";
import { Refresher } from "./refresher.ts";

export interface SweepsOptions {
  readonly host: Pick<Host, "now" | "timer">;
  /** Whether every sweep queues for what runs, or only one that was asked to. */
  readonly claims: () => boolean;
  /** Looks at everything that runs, and queues for it if it `claims`. */
  readonly sweep: (claims: boolean) => Promise<void>;
  readonly onFailed: (error: unknown) => void;
  /** Milliseconds from one sweep to the next. */
  readonly everyMs: () => number;
  /** Told before a sweep whose time has come. */
  readonly onDue: () => void;
}

/** In ms: the browser may have storage again at any moment. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * The looks of a tab at everything that runs: when it is asked, now and then, and soon after one that failed, so that a
 * tab which had no storage for a moment goes on a moment later.
 */
export class Sweeps {
  readonly #options: SweepsOptions;
  readonly #refresher = new Refresher(() => this.#sweep());
  #claims = false;
  #isStopped = false;
  #failures = 0;
  #cancel: (() => void) | undefined;

  constructor(options: SweepsOptions) {
    this.#options = options;
  }

  ask({ claims }: { readonly claims: boolean }): void {
    this.#claims ||= claims;
    this.#isStopped = false;
    this.#refresher.ask();
  }

  /** Until it is asked again. */
  stop(): void {
    this.#isStopped = true;
    this.#failures = 0;
    this.#cancel?.();
  }

  async #sweep(): Promise<void> {
    const { sweep, onFailed } = this.#options;
    this.#cancel?.();
    const claims = this.#claims;
    this.#claims = false;
    try {
      await sweep(claims);
      this.#failures = 0;
    } catch (error) {
      this.#claims ||= claims;
      this.#failures++;
      onFailed(error);
    }
    if (!this.#isStopped) this.#plan();
  }

  #plan(): void {
    const { host, claims, everyMs, onDue } = this.#options;
    const pauseMs = this.#failures === 0 ? everyMs() : Math.min(backoffMs(this.#failures - 1), LONGEST_PAUSE_MS);
    this.#cancel = host.timer(host.now() + pauseMs, () => {
      onDue();
      this.ask({ claims: claims() });
    });
  }
}
