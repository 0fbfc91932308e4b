import type { Ambient, Host } from "../../engine/ports/host.ts";
import type { Faults } from "./faults.ts";
import type { Gate } from "./gate.ts";

export interface ProcessHostOptions {
  /** The world's clock, the true one. */
  readonly world: Host;
  readonly gate: Gate;
  readonly faults: Faults;
  /** Told of background work that failed, of which nobody else hears. */
  readonly onFailure: (error: unknown) => void;
}

const LATE_TIMER = 0.25;
const VERY_LATE_TIMER = 0.004;
const LATE_MS = 400;
const VERY_LATE_MS = 30_000;

/** The host of one process: its clock differs from the others', and its timers are late as a busy process's are. */
export class ProcessHost implements Host {
  /** The lead of the process's clock over the true one, in ms. */
  skewMs = 0;
  readonly ambient: Ambient;
  readonly #options: ProcessHostOptions;

  constructor(options: ProcessHostOptions) {
    this.#options = options;
    this.ambient = options.world.ambient;
  }

  now(): number {
    return this.#options.world.now() + this.skewMs;
  }

  random(): number {
    return this.#options.world.random();
  }

  randomId(): string {
    return this.#options.world.randomId();
  }

  drain(next: () => void): void {
    const { gate, world } = this.#options;
    world.drain(() => gate.enter(next));
  }

  timer(at: number, fire: () => void): () => void {
    const { gate, world } = this.#options;
    let isOver = false;
    let cancel = (): void => undefined;
    const entered = (): void => {
      if (isOver) return;
      // The clock was put back meanwhile: a timer is never early.
      if (this.now() < at) arm();
      else {
        isOver = true;
        fire();
      }
    };
    const arm = (): void => {
      cancel = world.timer(at - this.skewMs + this.#lateness(), () => gate.enter(entered));
    };
    arm();
    return () => {
      isOver = true;
      cancel();
    };
  }

  background(work: Promise<unknown>): void {
    const { gate, onFailure } = this.#options;
    work.catch((error: unknown) => {
      if (gate.isAlive) onFailure(error);
    });
  }

  #lateness(): number {
    const { faults } = this.#options;
    if (faults.isHealed || !faults.random.chance(LATE_TIMER)) return 0;
    if (faults.happens("timer late", VERY_LATE_TIMER / LATE_TIMER)) return faults.random.below(VERY_LATE_MS);
    return faults.random.below(LATE_MS);
  }
}
