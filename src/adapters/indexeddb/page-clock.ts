/**
 * Timers that go on while the tab is hidden. A browser slows the timers of a hidden page to one a second, and after some
 * minutes to one a minute; those of a worker it leaves alone. So a hidden page lets a worker wake it.
 *
 * A tick, wherever it comes from, is a hint: the wall clock decides what is due. Platform timers stand still while a
 * machine sleeps and know nothing of a clock that was set, so there is a tick every so often while anything waits.
 */

import { CLOCK_SOURCE } from "./clock-source.ts";

export interface PageClockOptions {
  readonly now: () => number;
  /**
   * The worker that ticks while the page is hidden: the address of its script, or false for none. By default it is made
   * of text, which needs `worker-src blob:` where a page has a security policy.
   */
  readonly worker?: string | URL | false;
}

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

/** How long a clock that jumped may go unnoticed, in ms. */
const RECHECK_MS = 30_000;

export class PageClock {
  readonly #options: PageClockOptions;
  readonly #timers = new Set<Timer>();
  /** When the next tick is asked for; later ones need none of their own. */
  #tickAt = Number.POSITIVE_INFINITY;
  #handle: ReturnType<typeof setTimeout> | undefined;
  #worker: Worker | undefined;
  #isClosed = false;

  constructor(options: PageClockOptions) {
    this.#options = options;
  }

  /** Calls back at `at` (ms since the epoch) or later, never earlier and never before this returns. */
  timer(at: number, fire: () => void): () => void {
    const timer = { at, fire };
    if (!this.#isClosed) {
      this.#timers.add(timer);
      if (at < this.#tickAt) this.#tick(at);
    }
    return () => this.#timers.delete(timer);
  }

  /** Fires what is due: for whoever notices that time has passed unseen, or that the page was hidden or shown. */
  check(): void {
    const now = this.#options.now();
    const due = [...this.#timers].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
    try {
      for (const timer of due) {
        // One that fired may have cancelled another.
        if (this.#timers.delete(timer)) timer.fire();
      }
    } finally {
      let next = Number.POSITIVE_INFINITY;
      for (const { at } of this.#timers) next = Math.min(next, at);
      this.#tick(next);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#timers.clear();
    this.#tick(Number.POSITIVE_INFINITY);
    this.#worker?.terminate();
  }

  #tick(at: number): void {
    clearTimeout(this.#handle);
    this.#tickAt = at;
    if (at === Number.POSITIVE_INFINITY) return;
    const delay = Math.min(Math.max(Math.ceil(at - this.#options.now()), 0), RECHECK_MS);
    // The page's own timer ticks in any case, so that a worker which does not start costs no more than punctuality.
    this.#handle = setTimeout(() => this.check(), delay);
    if (isHidden()) this.#openWorker()?.postMessage(delay);
  }

  #openWorker(): Worker | undefined {
    const { worker } = this.#options;
    if (worker === false || this.#worker !== undefined) return this.#worker;
    try {
      this.#worker = worker === undefined ? workerOfText(CLOCK_SOURCE) : new Worker(worker);
      this.#worker.onmessage = () => this.check();
    } catch {
      // A security policy may forbid it; the page's timers remain.
    }
    return this.#worker;
  }
}

function isHidden(): boolean {
  return typeof document !== "undefined" && document.visibilityState === "hidden";
}

function workerOfText(source: string): Worker {
  return new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
}
