import { chain, type MaybePromise } from "../../engine/ports/maybe-promise.ts";
import { StorageFullError } from "../../engine/ports/execution-store.ts";
import type { Faults } from "./faults.ts";
import type { Pace, PaceClock } from "./pace.ts";

/** The error of a request that was refused or not acknowledged. */
export class LinkError extends Error {
  override readonly name = "LinkError";
  readonly code = "LINK_FAILED";
}

/** A request over a link. */
export interface LinkRequest<T> {
  /** As the count of faults names it: `write`, `read`, `order`, `peer call`. */
  readonly what: string;
  /** True for what changes something, and may do so although its sender hears of a failure. */
  readonly changes: boolean;
  readonly run: () => MaybePromise<T>;
  /** The factor for the request's chance of a fault; default 1. */
  readonly risk?: number;
}

export interface LinkOptions {
  readonly faults: Faults;
  readonly pace: Pace;
  readonly clock: PaceClock;
  /** After how many milliseconds a late write lands at the latest; a minute by default. */
  readonly longestLateMs?: number;
}

const REFUSED = 0.02;
const UNACKNOWLEDGED = 0.02;
const LATE = 0.012;
const LONGEST_LATE_MS = 60_000;

/**
 * The way from a process to a port. It may refuse a request, lose the answer, let a request through long after its
 * sender was told that it failed, and it takes its time both ways.
 */
export class Link {
  /** While true every write finds the store full. */
  isFull = false;
  /** True while a write lands that its process was told had failed. */
  isLandingLate = false;
  readonly #faults: Faults;
  readonly #pace: Pace;
  readonly #clock: PaceClock;
  readonly #longestLateMs: number;
  #late = 0;

  constructor({ faults, pace, clock, longestLateMs = LONGEST_LATE_MS }: LinkOptions) {
    this.#faults = faults;
    this.#pace = pace;
    this.#clock = clock;
    this.#longestLateMs = longestLateMs;
  }

  /** Writes that are still to land, of which their process was told that they had failed. */
  get late(): number {
    return this.#late;
  }

  send<T>(request: LinkRequest<T>): MaybePromise<T> {
    const there = this.#pace.pass();
    return there === undefined ? this.#arrive(request) : there.then(() => this.#arrive(request));
  }

  #arrive<T>(request: LinkRequest<T>): MaybePromise<T> {
    const { what, changes, run, risk = 1 } = request;
    const faults = this.#faults;
    if (faults.happens(`${what} refused`, risk * REFUSED)) return this.#fail();
    if (changes && faults.happens(`${what} late`, risk * LATE)) return this.#landLate(run);
    const isLost = changes && faults.happens(`${what} unacknowledged`, risk * UNACKNOWLEDGED);
    const answer = run();
    const back = this.#pace.pass();
    if (isLost) return chain(answer, () => (back === undefined ? this.#fail<T>() : back.then(() => this.#fail<T>())));
    if (back === undefined) return answer;
    // It may have failed by the time that it gets there: its way takes long, and nobody has missed anything yet.
    if (answer instanceof Promise) answer.catch(() => undefined);
    return back.then(() => answer);
  }

  /** A write that the store has no room for. */
  refuseFull<T>(): MaybePromise<T> {
    this.#faults.count("store full");
    const there = this.#pace.pass();
    const fail = (): never => {
      throw new StorageFullError("The store has no room left");
    };
    return there === undefined ? fail() : there.then(fail);
  }

  #fail<T>(): MaybePromise<T> {
    throw new LinkError("No answer");
  }

  #landLate<T>(run: () => MaybePromise<T>): MaybePromise<T> {
    const at = this.#clock.now() + 1 + this.#faults.random.below(this.#longestLateMs);
    this.#late++;
    this.#clock.timer(at, () => {
      this.#late--;
      this.isLandingLate = true;
      try {
        // Its sender has given up: what comes of it concerns nobody.
        const answer = run();
        if (answer instanceof Promise) answer.catch(() => undefined);
      } catch {
        // Refused, as it may be.
      } finally {
        this.isLandingLate = false;
      }
    });
    return this.#fail();
  }
}
