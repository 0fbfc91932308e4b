/**
 * A world with a clock that moves only when told, and processes in it.
 *
 * Everything that happens follows from the seed and the program: timers fire in the order of their times, ids come from
 * a seeded source, and drains wait for the real microtask queue, which JavaScript runs in a fixed order. What is not
 * simulated, such as a request in a step, is real work, and the clock can be told to stand still for it.
 */

import { systemAmbient } from "../adapters/hosts/ambient.ts";
import { bindAmbient } from "../adapters/hosts/async-ambient.ts";
import { createDrain, systemAfterMicrotasks } from "../adapters/hosts/drain.ts";
import type { Ambient, Host } from "../engine/ports/host.ts";
import { type SeededRandom, seededRandom } from "./seeded-random.ts";
import { TimerQueue } from "./timer-queue.ts";

/** 2026-01-01T00:00:00Z. */
const EPOCH = 1_767_225_600_000;
/** A virtual year is longer than any wait may be. */
const IDLE_LIMIT_MS = 400 * 86_400_000;

/** The start of a simulated world's time, and the real work that its time waits for. */
export interface SimulatedClockOptions {
  /** Default 1. */
  readonly seed?: number;
  /** The time at which the clock starts, ms since the epoch. Default: the first of January 2026, UTC. */
  readonly startAt?: number;
  /** The work outside the simulation. Default: none. */
  readonly realWork?: RealWork;
  /**
   * The time, in real ms, that virtual time stands still for work outside the simulation, before it goes on without it.
   * Default 10,000. While a test moves the time itself, 1000 at most.
   */
  readonly patienceMs?: number;
}

/** Work whose end the simulation cannot foresee, such as a request in a step. */
export interface RealWork {
  /** True while time has to wait for it. */
  readonly holdsTime: () => boolean;
  /** True while it may make something happen by itself. */
  readonly mayGoOn: () => boolean;
  /** The number of pieces of work that have begun so far. */
  readonly begun: () => number;
}

/** Taken as they are now: a test may replace the platform's with others later. */
const { setTimeout } = globalThis;
const realNow = performance.now.bind(performance);
/** The longest pause between two looks at real work, in real ms. */
const LONGEST_PAUSE_MS = 10;
const PATIENCE_MS = 10_000;
/**
 * A shorter patience while a test moves the time, in real ms: the test may be about to end the work that time would
 * wait for.
 */
const SHORT_PATIENCE_MS = 1_000;
const NO_REAL_WORK: RealWork = { holdsTime: () => false, mayGoOn: () => false, begun: () => 0 };

/** When to stop. */
export interface UntilIdleOptions {
  /** Stop as soon as this holds; looked at whenever everything has settled. */
  readonly until?: () => boolean;
  /** The most time that may pass, in ms. Default 400 days. */
  readonly limitMs?: number;
}

/** The time of a simulated world. Its hosts share it; each can be killed without the others. */
export class SimulatedClock {
  readonly #random: SeededRandom;
  readonly #timers = new TimerQueue();
  readonly #ambient = systemAmbient();
  /** One for all hosts: between two callbacks of any of them the microtask queue is empty. */
  readonly #drain = createDrain(systemAfterMicrotasks(), bindAmbient(this.#ambient));
  readonly #realWork: RealWork;
  readonly #patienceMs: number;
  #now: number;
  #drains = 0;
  /** The number of requests to the clock: tells whether real work made anything happen. */
  #asked = 0;
  /** The work that holds time has outlasted the short patience. */
  #isPassedOver = false;
  #isOutwaited = false;
  /** The number of pieces of work that had begun by then. */
  #begun = 0;

  constructor(options: SimulatedClockOptions = {}) {
    this.#random = seededRandom(options.seed ?? 1);
    this.#now = options.startAt ?? EPOCH;
    this.#realWork = options.realWork ?? NO_REAL_WORK;
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
  }

  /** The time, ms since the epoch. */
  now(): number {
    return this.#now;
  }

  /** True while time goes on without real work that has outlasted the patience. */
  get isOutwaited(): boolean {
    return this.#isOutwaited;
  }

  /** A new process of this world. */
  host(): SimulatedHost {
    return new SimulatedHost({
      now: () => this.#now,
      random: this.#random,
      ambient: this.#ambient,
      timer: (at, fire) => {
        this.#asked++;
        return this.#timers.add(Math.max(at, this.#now), fire);
      },
      drain: (next) => {
        this.#asked++;
        this.#drains++;
        this.#drain(() => {
          this.#drains--;
          next();
        });
      },
    });
  }

  /** Lets everything run that can run at this time. */
  async settle(): Promise<void> {
    do await this.#calm();
    while (await this.#awaitHolders());
  }

  /** Lets everything run that waits for nothing but its turn. */
  async #calm(): Promise<void> {
    do await this.#turn();
    while (this.#drains > 0);
  }

  /** Moves the clock by `ms`, firing on the way what is due, each timer at its own time. */
  async advance(ms: number): Promise<void> {
    await this.advanceTo(this.#now + ms);
  }

  /** Moves the clock to `at`, ms since the epoch, firing on the way what is due; never back. */
  async advanceTo(at: number): Promise<void> {
    await this.settle();
    for (let due = this.#timers.next(); due !== undefined && due <= at; due = this.#timers.next()) {
      this.#fire(due);
      await this.settle();
    }
    this.#now = Math.max(this.#now, at);
  }

  /**
   * Jumps from timer to timer until none is left, and answers how much time passed, in ms. Throws when time runs out
   * first, which for most tests means a loop that never ends.
   */
  async runUntilIdle(options: UntilIdleOptions = {}): Promise<number> {
    const start = this.#now;
    const limit = start + (options.limitMs ?? IDLE_LIMIT_MS);
    await this.#calm();
    while (options.until?.() !== true) {
      if (await this.#awaitRealWork()) continue;
      const due = this.#timers.next();
      if (due === undefined) {
        // Work that hangs has had its time; work that has begun since then has not.
        if (this.#realWork.begun() === this.#begun) break;
        this.#isOutwaited = false;
        if (await this.#awaitRealWork()) continue;
        break;
      }
      if (due > limit) throw new Error(`Still not idle after ${limit - start} simulated ms`);
      this.#fire(due);
      await this.#calm();
    }
    return this.#now - start;
  }

  /** Moves time as far as `work` needs. Throws when nothing is left to happen and `work` is not over: it is stuck. */
  async run<T>(work: Promise<T>, options: Pick<UntilIdleOptions, "limitMs"> = {}): Promise<T> {
    let over = false;
    const finish = (): void => {
      over = true;
    };
    work.then(finish, finish);
    await this.runUntilIdle({ ...options, until: () => over });
    if (!over) throw new Error("Nothing is left to happen, and the work is not over");
    return work;
  }

  /** One timer: what the first one does may cancel the second. */
  #fire(due: number): void {
    this.#now = Math.max(this.#now, due);
    this.#timers.take()?.();
  }

  /** Gives real work that holds time a short chance; true if it has made something happen. */
  async #awaitHolders(): Promise<boolean> {
    const { holdsTime } = this.#realWork;
    if (!holdsTime()) this.#isPassedOver = false;
    if (!holdsTime() || this.#isPassedOver) return false;
    const before = this.#asked;
    const patience = Math.min(SHORT_PATIENCE_MS, this.#patienceMs);
    const hasNews = await this.#pauseWhile(() => this.#asked === before && holdsTime(), patience);
    this.#isPassedOver = !hasNews;
    return hasNews;
  }

  /** Waits for whatever really goes on; true if that has made something happen, or is over. */
  async #awaitRealWork(): Promise<boolean> {
    const { mayGoOn } = this.#realWork;
    if (!mayGoOn()) this.#isOutwaited = false;
    if (!mayGoOn() || this.#isOutwaited) return false;
    const before = this.#asked;
    const hasNews = await this.#pauseWhile(() => this.#asked === before && mayGoOn(), this.#patienceMs);
    this.#isOutwaited = !hasNews;
    this.#begun = this.#realWork.begun();
    await this.#calm();
    return hasNews;
  }

  /** Waits in real time while a condition holds; false if the patience ran out first. */
  async #pauseWhile(condition: () => boolean, patienceMs: number): Promise<boolean> {
    const deadline = realNow() + patienceMs;
    for (let pause = 0; condition(); pause = Math.min(pause + 1, LONGEST_PAUSE_MS)) {
      if (realNow() >= deadline) return false;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    return true;
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => this.#drain(resolve));
  }
}

interface World {
  readonly now: () => number;
  readonly random: SeededRandom;
  readonly ambient: Ambient;
  readonly timer: (at: number, fire: () => void) => () => void;
  readonly drain: (next: () => void) => void;
}

/** One process in a simulated world. */
export class SimulatedHost implements Host {
  readonly ambient: Ambient;
  readonly #world: World;
  #alive = true;

  constructor(world: World) {
    this.#world = world;
    this.ambient = world.ambient;
  }

  /** False once it was killed. */
  get alive(): boolean {
    return this.#alive;
  }

  /** The process is gone: nothing that it waits for ever comes. */
  kill(): void {
    this.#alive = false;
  }

  now(): number {
    return this.#world.now();
  }

  random(): number {
    return this.#world.random.next();
  }

  randomId(): string {
    return this.#world.random.id();
  }

  drain(next: () => void): void {
    this.#world.drain(() => {
      if (this.#alive) next();
    });
  }

  timer(at: number, fire: () => void): () => void {
    if (!this.#alive) return () => undefined;
    return this.#world.timer(at, () => {
      if (this.#alive) fire();
    });
  }

  background(work: Promise<unknown>): void {
    // The failure of a dead process's work is not seen.
    work.catch((error: unknown) => {
      if (this.#alive) throw error;
    });
  }
}
