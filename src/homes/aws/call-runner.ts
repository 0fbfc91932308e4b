/**
 * A runner for one call of a Lambda function. What runs belongs to the call: when the call is over nothing of it goes on,
 * neither in a process that was frozen and thawed nor beside another call in the same process.
 * The message that has brought the call is what finds its executions should the process die: it comes again.
 */

import type { QueueAlarm } from "../../adapters/sqs/queue-alarm.ts";
import { groupOfId } from "../../adapters/sqs/wake-message.ts";
import type { Alarm } from "../../engine/ports/alarm.ts";
import type { ExecutionStore } from "../../engine/ports/execution-store.ts";
import type { Host } from "../../engine/ports/host.ts";
import type { ExecutionClient } from "../../engine/runner/client.ts";
import type { FunctionVersions } from "../../engine/runner/function.ts";
import { Runner } from "../../engine/runner/runner.ts";
import type { RunnerSettings } from "../options/home-options.ts";
import { Departures } from "./departures.ts";
import type { LambdaCallContext } from "./lambda-events.ts";

/** The parts that the calls of one process have in common. */
export interface CallParts {
  readonly settings: RunnerSettings;
  readonly functions: ReadonlyMap<string, FunctionVersions>;
  readonly store: ExecutionStore;
  readonly alarm: QueueAlarm;
  readonly host: Host;
  /** Reaches other executions: it writes, and wakes them elsewhere. */
  readonly peers: ExecutionClient;
}

/** The time until an idle invocation ends, in ms: as short as on Lambda itself. */
const GRACE_MS = 20;
/** A process that has lost its call may take a moment to be gone. */
const LEASE_MARGIN_MS = 5000;

/** Parts of a call's time, at the most so many milliseconds, that are left when its invocations are to end. */
const LEAVING = {
  afterSteps: { part: 0.25, atMost: 15_000 },
  now: { part: 0.1, atMost: 5000 },
  stop: { part: 0.05, atMost: 1500 },
};

export class CallRunner {
  readonly #parts: CallParts;
  readonly #runner: Runner;
  readonly #departures: Departures;
  readonly #work = new Set<Promise<unknown>>();
  readonly #groups = new Map<string, string>();
  /** Executions with an order that the alarm has not taken. */
  readonly #unordered = new Set<string>();
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #stopped: Promise<"STOPPED">;

  constructor(parts: CallParts, context: LambdaCallContext) {
    const remainingMs = context.getRemainingTimeInMillis();
    this.#parts = parts;
    this.#departures = new Departures(({ header }) => {
      if (header.tenantId !== undefined) this.#groups.set(header.id, header.tenantId);
    });
    this.#runner = new Runner({
      ...parts.settings,
      store: parts.store,
      alarm: this.#alarm(),
      host: hostOfCall(parts.host, (work) => this.#background(work)),
      functions: this.#departures.ofFunctions(parts.functions),
      peers: parts.peers,
      parks: false,
      graceMs: GRACE_MS,
      invocationMs: remainingMs,
      watchdogMs: remainingMs + LEASE_MARGIN_MS,
      wakesFromQueue: true,
      mayRun: () => !this.#departures.areDue,
    });
    const { promise, resolve } = Promise.withResolvers<"STOPPED">();
    const at = ({ part, atMost }: { part: number; atMost: number }, then: () => void): NodeJS.Timeout =>
      setTimeout(then, remainingMs - Math.min(remainingMs * part, atMost));
    this.#stopped = promise;
    this.#timers = [
      at(LEAVING.afterSteps, () => this.#departures.leaveAfterSteps()),
      at(LEAVING.now, () => this.#departures.leaveNow()),
      at(LEAVING.stop, () => resolve("STOPPED")),
    ];
  }

  /** Some executions may have been left before they were at rest. */
  get hasLeft(): boolean {
    return this.#departures.areDue;
  }

  /** Whom an execution is for. */
  groupOf(id: string): string {
    return this.#groups.get(id) ?? groupOfId(id);
  }

  /** Says whom an execution is for, as far as its message knows. */
  knowGroup(id: string, group: string): void {
    this.#groups.set(id, group);
  }

  /** True if an order for the alarm has not reached it. */
  isUnordered(id: string): boolean {
    return this.#unordered.has(id);
  }

  /** Looks at executions until all are at rest. False if the time was over before. */
  async look(ids: Iterable<string>): Promise<boolean> {
    const looks = [...ids].map((id) => this.#runner.wake(id));
    const rest = Promise.all(looks).then(() => this.#rest());
    return (await Promise.race([rest, this.#stopped])) !== "STOPPED";
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#runner.close();
  }

  async #rest(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  #background(work: Promise<unknown>): void {
    const settled = work
      .catch((error: unknown) => this.#parts.settings.onError(undefined, error))
      .finally(() => this.#work.delete(settled));
    this.#work.add(settled);
  }

  #alarm(): Alarm {
    const { alarm } = this.#parts;
    const give = async (id: string, ordered: Promise<void>): Promise<void> => {
      this.#unordered.add(id);
      await ordered;
      this.#unordered.delete(id);
    };
    return {
      schedule: (id, at, order) => give(id, alarm.schedule(id, at, order, this.groupOf(id))),
      cancel: (id, order) => give(id, alarm.cancel(id, order)),
    };
  }
}

/** The host, but for the work that a call waits for before it ends. */
function hostOfCall(host: Host, background: Host["background"]): Host {
  return {
    ambient: host.ambient,
    now: () => host.now(),
    random: () => host.random(),
    randomId: () => host.randomId(),
    drain: (next) => host.drain(next),
    timer: (at, fire) => host.timer(at, fire),
    background,
  };
}
