/** The load that one host accepts at a time, so that no caller, with a credential or without, takes all of it. */

import { ClientErrorCode } from "../../engine/runner/client.ts";
import { ApiError } from "./api-error.ts";

/** Limits of one host. `Infinity` is no limit. Each process, and each isolate of a Worker, counts for itself. */
export interface HttpLimits {
  /** Live event streams that are open at once; 100 by default. One more is refused with 429. */
  readonly streams?: number;
  /** Starts in a second; 300 by default, which is AWS's quota. After a quiet second so many may come at once. */
  readonly startsPerSecond?: number;
  /** Calls at once that do something to many executions; 4 by default. One more is refused with 429. */
  readonly bulkCalls?: number;
  /** Bytes of a request body: 6 MiB for Invoke, 16 MiB for a checkpoint, 1 MiB otherwise, and never more than this. */
  readonly bodyBytes?: number;
  /** Milliseconds until a request body has arrived; 30,000 by default. One that takes longer is cut off with 408. */
  readonly bodyMs?: number;
}

const STREAMS = 100;
const STARTS_PER_SECOND = 300;
const BULK_CALLS = 4;
const BODY_MS = 30_000;

/** Counts what a host has taken on. */
export class HostLimits {
  readonly bodyBytes: number;
  readonly bodyMs: number;
  readonly #maxStreams: number;
  readonly #maxBulkCalls: number;
  readonly #startsPerSecond: number;
  readonly #now: () => number;
  #streams = 0;
  #bulkCalls = 0;
  /** The number of starts that may come at once, as of `#countedAt`. */
  #starts: number;
  #countedAt: number;

  /** `now` in ms since the epoch. */
  constructor(limits: HttpLimits, now: () => number) {
    this.bodyBytes = limits.bodyBytes ?? Number.POSITIVE_INFINITY;
    this.bodyMs = limits.bodyMs ?? BODY_MS;
    this.#maxStreams = limits.streams ?? STREAMS;
    this.#maxBulkCalls = limits.bulkCalls ?? BULK_CALLS;
    this.#startsPerSecond = limits.startsPerSecond ?? STARTS_PER_SECOND;
    this.#starts = this.#startsPerSecond;
    this.#now = now;
    this.#countedAt = now();
  }

  /** Answers what closes the stream again; calling it twice counts once. Fails with a 429. */
  openStream(): () => void {
    if (this.#streams >= this.#maxStreams) {
      throw throttled(`This host has ${this.#streams} live event streams open, which is its limit.`);
    }
    this.#streams++;
    let isOpen = true;
    return () => {
      if (isOpen) this.#streams--;
      isOpen = false;
    };
  }

  /** Answers what tells that the call is over. Fails with a 429. */
  openBulk(): () => void {
    if (this.#bulkCalls >= this.#maxBulkCalls) {
      throw throttled(`This host has ${this.#bulkCalls} calls for many executions under way, which is its limit.`);
    }
    this.#bulkCalls++;
    return () => void this.#bulkCalls--;
  }

  /** Fails with a 429. */
  takeStart(): void {
    const now = this.#now();
    const seconds = Math.max(0, now - this.#countedAt) / 1000;
    this.#starts = Math.min(this.#starts + seconds * this.#startsPerSecond, this.#startsPerSecond);
    this.#countedAt = now;
    if (this.#starts < 1) throw throttled(`The limit of this host is ${this.#startsPerSecond} starts a second.`);
    this.#starts--;
  }
}

function throttled(message: string): ApiError {
  return new ApiError(ClientErrorCode.THROTTLED, 429, message, { "Retry-After": "1" });
}
