/**
 * The time of an emulator: it may run faster than the clock on the wall, and be put forward. Timers follow it, so a wait
 * of a day is over at once when a day is skipped. It never goes back: where it has got to outlives the process.
 */

export interface EmulatorClockOptions {
  /** The initial lead of the clock over the wall clock, in ms. */
  readonly aheadMs: number;
  /** The number of the clock's seconds that pass in one second. */
  readonly scale: number;
  /** Told when it was put forward. */
  readonly onSkip: () => void;
}

/** A moment on both clocks, ms since the epoch. */
interface Anchor {
  readonly wall: number;
  readonly emulated: number;
}

interface Timer {
  readonly at: number;
  readonly fire: () => void;
  handle: ReturnType<typeof setTimeout> | undefined;
}

/** The longest that one platform timer is trusted: it stands still while a laptop sleeps. */
const RECHECK_MS = 60_000;

export class EmulatorClock {
  /** The number of the clock's seconds that pass in one second. */
  readonly scale: number;
  readonly #onSkip: () => void;
  readonly #timers = new Set<Timer>();
  #anchor: Anchor;
  #isClosed = false;

  constructor({ aheadMs, scale, onSkip }: EmulatorClockOptions) {
    const wall = Date.now();
    this.#anchor = { wall, emulated: wall + aheadMs };
    this.scale = scale;
    this.#onSkip = onSkip;
  }

  /** True if the clock differs from the wall clock, or will. */
  get isShifted(): boolean {
    return this.scale !== 1 || this.#anchor.wall !== this.#anchor.emulated;
  }

  /** The lead of the clock over the wall clock, in ms. */
  get aheadMs(): number {
    return this.now() - Date.now();
  }

  now(): number {
    return Math.floor(this.emulatedAt(Date.now()));
  }

  emulatedAt(wall: number): number {
    return this.#anchor.emulated + (wall - this.#anchor.wall) * this.scale;
  }

  wallAt(emulated: number): number {
    return Math.round(this.#anchor.wall + (emulated - this.#anchor.emulated) / this.scale);
  }

  /** Puts it forward; what has become due fires soon. */
  skip(ms: number): void {
    const wall = Date.now();
    this.#anchor = { wall, emulated: this.emulatedAt(wall) + ms };
    this.#onSkip();
    for (const timer of this.#timers) this.#arm(timer);
  }

  /** Calls back at `at` on this clock, never within the call. Answers what cancels it. */
  timer(at: number, fire: () => void): () => void {
    const timer: Timer = { at, fire, handle: undefined };
    if (this.#isClosed) return () => {};
    this.#timers.add(timer);
    this.#arm(timer);
    return () => this.#drop(timer);
  }

  /** Nothing fires any more. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) this.#drop(timer);
  }

  #arm(timer: Timer): void {
    clearTimeout(timer.handle);
    const wait = Math.ceil((timer.at - this.now()) / this.scale);
    timer.handle = setTimeout(() => this.#look(timer), Math.max(0, Math.min(wait, RECHECK_MS)));
  }

  #look(timer: Timer): void {
    if (this.now() < timer.at) return this.#arm(timer);
    this.#timers.delete(timer);
    timer.fire();
  }

  #drop(timer: Timer): void {
    clearTimeout(timer.handle);
    this.#timers.delete(timer);
  }
}
