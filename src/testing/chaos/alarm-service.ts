import type { AlarmOrder } from "../../engine/ports/alarm.ts";
import type { Host } from "../../engine/ports/host.ts";
import type { Faults } from "./faults.ts";

/** The service's ways to keep orders, both as the port allows. */
export const AlarmKeeping = {
  /** One time for an execution: the order that stands, by the port's rule. */
  ONE: "ONE",
  /** Every order, as a queue with delays does: a cancel does nothing. */
  ALL: "ALL",
} as const;
export type AlarmKeeping = (typeof AlarmKeeping)[keyof typeof AlarmKeeping];

export interface AlarmServiceOptions {
  readonly world: Host;
  readonly faults: Faults;
  readonly keeping: AlarmKeeping;
  /** Wakes an execution in some process that may run it. Resolves when it is awake; rejects if that failed. */
  readonly wake: (id: string, orderedFor: number) => Promise<void>;
  /** An alarm was lost: a process has to start, and find by its recovery what nobody wakes any more. */
  readonly onLoss: () => void;
}

/** The service's order for one incarnation. */
interface Standing {
  readonly id: string;
  readonly seq: number;
  /** Undefined when nothing is to wake it, or when the alarm is used up. */
  at: number | undefined;
  cancel: () => void;
}

const LATEST_MS = 60;
const RETRY_MS = 2_000;
const LOST = 0.01;
const DOUBLED = 0.03;

/** Alarms that outlive all processes, for the whole system: one per execution. */
export class AlarmService {
  readonly #options: AlarmServiceOptions;
  readonly #standing = new Map<string, Standing>();
  /** Wakes that are to come, or that have not come back. */
  #pending = 0;

  constructor(options: AlarmServiceOptions) {
    this.#options = options;
  }

  get keeping(): AlarmKeeping {
    return this.#options.keeping;
  }

  get pending(): number {
    return this.#pending;
  }

  /** An order has arrived, in whatever sequence orders arrive; `at` is undefined for a cancel. */
  take(id: string, at: number | undefined, { incarnation, seq }: AlarmOrder): void {
    if (this.#options.keeping === "ALL") {
      if (at !== undefined) this.#arm({ id, seq, at, cancel: () => undefined });
      return;
    }
    const key = `${id} ${incarnation}`;
    const before = this.#standing.get(key);
    if (before !== undefined && !replaces({ at, seq }, before)) return;
    this.#disarm(before);
    const standing: Standing = { id, seq, at, cancel: () => undefined };
    this.#standing.set(key, standing);
    if (at !== undefined) this.#arm(standing);
  }

  #disarm(standing: Standing | undefined): void {
    if (standing?.at === undefined) return;
    standing.cancel();
    standing.at = undefined;
    this.#pending--;
  }

  #arm(standing: Standing): void {
    const { world, faults } = this.#options;
    const late = faults.random.below(LATEST_MS);
    this.#pending++;
    standing.cancel = world.timer(Math.max(standing.at ?? 0, world.now()) + late, () => this.#fire(standing));
  }

  /** The order is used up once an execution is awake: until then a later one of the same number may take its place. */
  #fire(standing: Standing): void {
    const { faults, onLoss, world } = this.#options;
    const { id, at = world.now() } = standing;
    standing.at = undefined;
    if (faults.happens("alarm lost", LOST)) {
      this.#pending--;
      onLoss();
      return;
    }
    if (faults.happens("alarm doubled", DOUBLED)) void this.#wake(id, at).catch(() => undefined);
    void this.#deliver(id, at);
  }

  async #deliver(id: string, at: number): Promise<void> {
    const { world } = this.#options;
    try {
      await this.#wake(id, at);
      this.#pending--;
    } catch {
      world.timer(world.now() + RETRY_MS, () => void this.#deliver(id, at));
    }
  }

  async #wake(id: string, at: number): Promise<void> {
    await this.#options.wake(id, at);
  }
}

/** The port's rule: the higher number, of two with the same the earlier time, and any time before none. */
function replaces(order: { at: number | undefined; seq: number }, standing: Standing): boolean {
  if (order.seq !== standing.seq) return order.seq > standing.seq;
  return order.at !== undefined && (standing.at === undefined || order.at < standing.at);
}
