/**
 * Who runs an execution: the tab that holds its Web Lock. Every other tab that could run it queues for the same lock, so
 * the next one has it some milliseconds after the holder has gone, however it went.
 *
 * Where the browser has no Web Locks (pages that were not loaded over HTTPS) every tab believes it holds what it claims.
 * The log's numbers then decide alone: one of two tabs wins each commit, and the other lets go.
 */

import { randomId } from "../hosts/random-id.ts";
import { type FrameWindow, frameWindow } from "./frame-window.ts";

export interface ExecutionLocksOptions {
  /** Keeps the locks of one database apart from those of another. */
  readonly prefix: string;
  readonly onHeld: (id: string) => void;
  /** Told when a lock that was held is gone without having been dropped: somebody has stolen it. */
  readonly onLost: (id: string) => void;
}

interface Claim {
  readonly withdrawal: AbortController;
  /** Set while the lock is held. */
  release?: () => void;
}

export class ExecutionLocks {
  readonly #options: ExecutionLocksOptions;
  readonly #claims = new Map<string, Claim>();
  #locks: LockManager | undefined = globalThis.navigator?.locks;
  /** Windows whose locks they are, or may become, once they are not this one's. */
  readonly #frames = new Set<FrameWindow>();
  #isClosed = false;
  #renewal: Promise<void> = Promise.resolve();

  constructor(options: ExecutionLocksOptions) {
    this.#options = options;
  }

  /** Whether the browser keeps other tabs out. */
  get areExclusive(): boolean {
    return this.#locks !== undefined;
  }

  holds(id: string): boolean {
    return this.#claims.get(id)?.release !== undefined;
  }

  held(): string[] {
    return [...this.#claims.keys()].filter((id) => this.holds(id));
  }

  /** Queues for an execution's lock, if this tab does not have it or queue for it already. */
  claim(id: string): void {
    if (this.#claims.has(id)) return;
    const claim: Claim = { withdrawal: new AbortController() };
    this.#claims.set(id, claim);
    const hold = (): Promise<void> => this.#hold(id, claim);
    const { signal } = claim.withdrawal;
    const request = this.#locks?.request(this.#options.prefix + id, { signal }, hold) ?? Promise.resolve().then(hold);
    // It ends when the lock was dropped, which is known, and rejects when it was withdrawn, which is too, when it was
    // stolen, or when the browser gives none: then whoever claims next tries again.
    request.then(noop, () => this.#ended(id, claim));
  }

  /** Gives up an execution's lock, or the place in its queue. */
  drop(id: string): void {
    const claim = this.#claims.get(id);
    if (claim === undefined) return;
    this.#claims.delete(id);
    if (claim.release === undefined) claim.withdrawal.abort();
    else claim.release();
  }

  dropAll(): void {
    for (const id of [...this.#claims.keys()]) this.drop(id);
  }

  /** Gives up all of them for good, and ends a renewal under way. */
  close(): void {
    this.#isClosed = true;
    this.dropAll();
    this.#removeFrames();
  }

  /**
   * Goes over to the locks that a page has which is loaded now. Chromium keeps locks with what a site has stored: when that
   * was cleared, later pages neither see those of earlier ones nor wait for them.
   */
  renew(): Promise<void> {
    this.#renewal = this.#renewal.then(() => this.#renew());
    return this.#renewal;
  }

  async #renew(): Promise<void> {
    const frame = this.#locks === undefined || this.#isClosed ? undefined : frameWindow();
    if (this.#locks === undefined || frame === undefined) return;
    const { locks } = frame.window.navigator;
    this.#frames.add(frame);
    // Those that this window cannot have, a new one cannot have either.
    const areTheSame = await areOne(this.#locks, locks).catch(() => true);
    this.#frames.delete(frame);
    if (areTheSame) return frame.remove();
    const ids = [...this.#claims.keys()];
    this.dropAll();
    this.#removeFrames();
    this.#frames.add(frame);
    this.#locks = locks;
    for (const id of ids) this.claim(id);
  }

  #removeFrames(): void {
    for (const { remove } of this.#frames) remove();
    this.#frames.clear();
  }

  #hold(id: string, claim: Claim): Promise<void> {
    if (this.#claims.get(id) !== claim) return Promise.resolve();
    return new Promise((resolve) => {
      claim.release = resolve;
      this.#options.onHeld(id);
    });
  }

  #ended(id: string, claim: Claim): void {
    if (this.#claims.get(id) !== claim) return;
    this.#claims.delete(id);
    if (claim.release !== undefined) this.#options.onLost(id);
  }
}

/** Whether a lock that was had from one is taken for the other. */
function areOne(one: LockManager, other: LockManager): Promise<boolean> {
  const name = `perdure:${randomId()}`;
  return one.request(name, () => other.request(name, { ifAvailable: true }, (lock) => lock === null));
}

function noop(): void {}
