/** Processes over one store and one alarm, in simulated time: what the runner's tests are made of. */

import { MemoryAlarm } from "../../src/adapters/memory/memory-alarm.ts";
import { MemoryStore } from "../../src/adapters/memory/memory-store.ts";
import { decodeCommit } from "../../src/engine/machine/commit-codec.ts";
import type { Fact } from "../../src/engine/model/commit.ts";
import type { Alarm } from "../../src/engine/ports/alarm.ts";
import type { Host } from "../../src/engine/ports/host.ts";
import type { ExecutionStore } from "../../src/engine/ports/execution-store.ts";
import type { Operation } from "../../src/engine/model/operation.ts";
import type {
  FunctionVersions,
  InvocationRequest,
  RegisteredFunction,
  RunningInvocation,
} from "../../src/engine/runner/function.ts";
import { Runner, type RunnerOptions } from "../../src/engine/runner/runner.ts";
import { formatExecutionArn } from "../../src/lambda-compat/arn.ts";
import { type Functions, readFunctions } from "../../src/lambda-compat/functions.ts";
import { SimulatedClock } from "../../src/testing/simulated-host.ts";

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export interface ProcessOptions
  extends Pick<
    RunnerOptions,
    | "mayRun"
    | "snapshotFloor"
    | "onError"
    | "onFenced"
    | "parks"
    | "peers"
    | "watchdogMs"
    | "wakesFromQueue"
    | "retentionDays"
    | "executionTimeoutSeconds"
    | "lingerMs"
  > {
  /** Puts something between the process and the store. */
  readonly store?: (store: ExecutionStore) => ExecutionStore;
  /** Puts something between the process and its alarm. */
  readonly alarm?: (alarm: Alarm) => Alarm;
  /** Hears what an invocation that runs is told. */
  readonly onTold?: (changed: readonly Operation[]) => void;
}

export class Processes {
  readonly clock: SimulatedClock = new SimulatedClock();
  readonly disk: MemoryStore;
  /** By how much, in ms, time has gone on without a timer having fired: a busy process. */
  busyMs = 0;

  constructor(options: { readonly pageCommits?: number } = {}) {
    this.disk = new MemoryStore(options);
  }

  /** Starts a process with an alarm of its own. */
  start(functions: Functions, { store, alarm, onTold, ...options }: ProcessOptions = {}): Runner {
    const host = this.#busy(this.clock.host());
    const own = new MemoryAlarm({ host, wake: (id) => runner.wake(id) });
    const runner: Runner = new Runner({
      store: store?.(this.disk) ?? this.disk,
      alarm: alarm?.(own) ?? own,
      host,
      functions: onTold === undefined ? readFunctions(functions) : overheard(readFunctions(functions), onTold),
      arnOf: formatExecutionArn,
      ...options,
    });
    return runner;
  }

  #busy(host: Host): Host {
    return {
      ambient: host.ambient,
      now: () => host.now() + this.busyMs,
      random: () => host.random(),
      randomId: () => host.randomId(),
      drain: (next) => host.drain(next),
      timer: (at, fire) => host.timer(at - this.busyMs, fire),
      background: (work) => host.background(work),
    };
  }

  /** What is recorded of an execution, in order. */
  facts(id: string): Fact[] {
    return (this.disk.read(id, 1)?.bodies ?? []).flatMap((body) => decodeCommit(body).facts);
  }

  /** The kinds of facts, each with its operation's id. */
  story(id: string): string[] {
    return this.facts(id).map((fact) => ("id" in fact ? `${fact.kind} ${fact.id}` : fact.kind));
  }
}

/** The same functions; what their invocations are told is told to `onTold` too. */
function overheard(
  functions: ReadonlyMap<string, FunctionVersions>,
  onTold: (changed: readonly Operation[]) => void,
): ReadonlyMap<string, FunctionVersions> {
  const listening = (target: RegisteredFunction): RegisteredFunction => {
    if (target.kind === "plain") return target;
    const invoke = (request: InvocationRequest): RunningInvocation => {
      const running = target.invoke(request);
      const absorb = (changed: readonly Operation[]): boolean => {
        onTold(changed);
        return running.absorb(changed);
      };
      return { output: running.output, absorb, leaveOff: () => running.leaveOff(), abandon: () => running.abandon() };
    };
    return { ...target, invoke };
  };
  const all = [...functions].map(([name, { latest, versions }]): [string, FunctionVersions] => {
    const each = [...versions].map(([version, target]): [string, RegisteredFunction] => [version, listening(target)]);
    return [name, { latest, versions: new Map(each) }];
  });
  return new Map(all);
}

/** A store whose calls are replaced one by one; what is not named goes to the store behind. */
export function storeWith(behind: ExecutionStore, calls: Partial<ExecutionStore>): ExecutionStore {
  return {
    create: (...args) => behind.create(...args),
    append: (...args) => behind.append(...args),
    read: (...args) => behind.read(...args),
    putRow: (...args) => behind.putRow(...args),
    list: (...args) => behind.list(...args),
    expired: (...args) => behind.expired(...args),
    keepSnapshot: (...args) => behind.keepSnapshot(...args),
    snapshot: (...args) => behind.snapshot(...args),
    remove: (...args) => behind.remove(...args),
    ...calls,
  };
}

/** Holds something up until it is opened. */
export class Gate {
  readonly passed: Promise<void>;
  #open: () => void = () => {};

  constructor() {
    this.passed = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open();
  }
}
