/**
 * A whole system in simulated time: what survives a crash (the log, the directory, the alarms) and the processes that
 * run executions over it, each with its own host, runner and way to the store.
 */

import { MemoryStore } from "../adapters/memory/memory-store.ts";
import type { Alarm } from "../engine/ports/alarm.ts";
import type { ExecutionStore } from "../engine/ports/execution-store.ts";
import type { Ambient, Host } from "../engine/ports/host.ts";
import type { InvocationCore } from "../engine/replay/core.ts";
import { Scope } from "../engine/replay/scope.ts";
import type { FunctionVersions, RegisteredFunction, RunningInvocation } from "../engine/runner/function.ts";
import { Runner, type RunnerOptions } from "../engine/runner/runner.ts";
import { formatExecutionArn } from "../lambda-compat/arn.ts";
import { type CrashPoint, SimulatedProcess } from "./crash.ts";
import { SimulatedClock, type SimulatedClockOptions } from "./simulated-host.ts";
import { SharedAlarm } from "./shared-alarm.ts";
import { underClock } from "./virtual-date.ts";
import { Witness } from "./witness.ts";

export type RunnerSettings = Pick<
  RunnerOptions,
  "parks" | "graceMs" | "lingerMs" | "invocationMs" | "watchdogMs" | "retentionDays" | "executionTimeoutSeconds"
>;

export interface SimulatedSystemOptions extends Pick<SimulatedClockOptions, "seed" | "startAt" | "patienceMs"> {
  /** The store that nothing destroys; a new one by default. */
  readonly disk?: MemoryStore;
  /** The way to it that all processes share; straight by default. */
  readonly store?: ExecutionStore;
  readonly settings?: RunnerSettings;
  /** True if time stands still while user code does real work. Default false. */
  readonly holdsForUserCode?: boolean;
  /** True if the `Date` of user code follows the clock. Default false. */
  readonly virtualDate?: boolean;
}

export interface BootOptions {
  /** The functions of the process, made for its host. */
  readonly functions: (host: Host) => ReadonlyMap<string, FunctionVersions>;
  readonly crashAt?: CrashPoint;
  readonly stallAt?: CrashPoint;
  /** Puts something between the runner and its alarm; `network` outlives the process. */
  readonly alarmThrough?: (alarm: Alarm, network: Host) => Alarm;
  /** Puts something between the runner and the store. */
  readonly through?: (store: ExecutionStore, host: Host) => ExecutionStore;
}

export interface SystemProcess {
  readonly process: SimulatedProcess;
  readonly runner: Runner;
  /** The record of the logs that the process has seen, and of its own writes. */
  readonly witness: Witness;
}

const RECOVERY_RETRY_MS = 1_000;

export interface SystemError {
  readonly executionId: string;
  readonly error: unknown;
}

export class SimulatedSystem {
  readonly clock: SimulatedClock;
  /** The store that nothing destroys. It answers at once and never fails. */
  readonly disk: MemoryStore;
  /** The errors that runners reported. */
  readonly errors: SystemError[] = [];
  readonly #store: ExecutionStore;
  readonly #alarms: SharedAlarm;
  readonly #settings: RunnerSettings;
  readonly #virtualDate: boolean;
  /** The number of user functions that have been called. */
  #begun = 0;
  /** Invocations that are not over, with the host they run on. */
  readonly #invocations = new Map<InvocationCore, SimulatedProcess>();
  /** Calls of functions that have not answered, with the process that made them. */
  readonly #calls = new Map<RunningInvocation, SimulatedProcess>();
  /** Calls of plain functions that have not answered. */
  readonly #plain = new Map<object, { readonly name: string; readonly process: SimulatedProcess }>();

  constructor(options: SimulatedSystemOptions = {}) {
    const {
      settings = {},
      holdsForUserCode = false,
      virtualDate = false,
      disk = new MemoryStore(),
      store = disk,
      ...clockOptions
    } = options;
    this.disk = disk;
    this.#store = store;
    this.#settings = settings;
    this.#virtualDate = virtualDate;
    const realWork = {
      holdsTime: () => this.isExecuting || this.working.length > 0,
      mayGoOn: () =>
        this.working.length > 0 ||
        this.#isObserved ||
        this.#some(({ executing, waiting }) => executing > 0 || waiting === 0),
      begun: () => this.#begun,
    };
    this.clock = new SimulatedClock({ ...clockOptions, ...(holdsForUserCode && { realWork }) });
    this.#alarms = new SharedAlarm(this.clock.host());
  }

  /** Starts a process on what is stored. */
  boot(options: BootOptions): SystemProcess {
    this.#alarms.noticeDeaths();
    const { functions, crashAt, stallAt, through = (store) => store, alarmThrough = (alarm) => alarm } = options;
    const process = new SimulatedProcess({
      clock: this.clock,
      store: this.#store,
      ...(crashAt && { crashAt }),
      ...(stallAt && { stallAt }),
    });
    const host = this.#observed(process);
    const witness = new Witness(through(process.store, host), (next) => host.drain(next));
    const runner: Runner = new Runner({
      ...this.#settings,
      store: witness,
      alarm: this.#alarms.join({ isAlive: () => process.alive, wake: (id) => runner.wake(id) }, (alarm) =>
        alarmThrough(alarm, this.clock.host()),
      ),
      host,
      functions: this.#watched(functions(host), process),
      arnOf: formatExecutionArn,
      onError: (executionId, error) => void this.errors.push({ executionId, error }),
    });
    void this.#recover(runner, host);
    return { process, runner, witness };
  }

  /** Wakes what is running according to the directory; again, if the directory cannot be read. */
  async #recover(runner: Runner, host: Host): Promise<void> {
    try {
      await runner.recover();
    } catch (error) {
      this.errors.push({ executionId: "the directory", error });
      host.timer(host.now() + RECOVERY_RETRY_MS, () => void this.#recover(runner, host));
    }
  }

  /** Serdes that have not answered and plain functions that have not returned, in words. */
  get working(): readonly string[] {
    const working: string[] = [];
    this.#some(({ convertingAt }) => {
      for (const place of convertingAt) working.push(`the serdes of ${place}`);
      return false;
    });
    for (const [call, { name, process }] of this.#plain) {
      if (process.alive) working.push(`the function "${name}"`);
      else this.#plain.delete(call);
    }
    return working;
  }

  /** True while a function of user code runs in an operation. */
  get isExecuting(): boolean {
    return this.#some(({ executing }) => executing > 0);
  }

  /** True while a function does something before or after its handler: its plugins are loaded, or told of it. */
  get #isObserved(): boolean {
    for (const [call, process] of this.#calls) if (!process.alive) this.#calls.delete(call);
    let handlers = 0;
    this.#some(() => {
      handlers++;
      return false;
    });
    return this.#calls.size > handlers;
  }

  /** The same functions, of whose calls it is known how many have not answered. */
  #watched(
    functions: ReadonlyMap<string, FunctionVersions>,
    process: SimulatedProcess,
  ): ReadonlyMap<string, FunctionVersions> {
    const watch = (name: string, target: RegisteredFunction): RegisteredFunction =>
      target.kind === "plain"
        ? { ...target, call: (...given) => this.#callPlain(() => target.call(...given), { name, process }) }
        : { ...target, invoke: (request) => this.#call(target.invoke(request), process) };
    const watched = [...functions].map(([name, { latest, versions }]) => {
      const targets = [...versions].map(([version, target]) => [version, watch(name, target)] as const);
      return [name, { latest, versions: new Map(targets) }] as const;
    });
    return new Map(watched);
  }

  #call(call: RunningInvocation, process: SimulatedProcess): RunningInvocation {
    this.#calls.set(call, process);
    void call.output.then(() => this.#calls.delete(call));
    return call;
  }

  async #callPlain<T>(
    call: () => Promise<T>,
    who: { readonly name: string; readonly process: SimulatedProcess },
  ): Promise<T> {
    this.#begun++;
    this.#plain.set(call, who);
    try {
      return await call();
    } finally {
      this.#plain.delete(call);
    }
  }

  #some(condition: (invocation: InvocationCore) => boolean): boolean {
    for (const [invocation, process] of this.#invocations) {
      if (invocation.isOver || !process.alive) this.#invocations.delete(invocation);
      else if (condition(invocation)) return true;
    }
    return false;
  }

  /** A host that notes the invocations that run on it. */
  #observed(process: SimulatedProcess): Host {
    const { host } = process;
    const ambient: Ambient = {
      tracksAsync: host.ambient.tracksAsync,
      get: () => host.ambient.get(),
      snapshot: () => host.ambient.snapshot(),
      run: (value, body) => {
        if (value instanceof Scope && value.parent === undefined) this.#invocations.set(value.invocation, process);
        this.#begun++;
        if (!this.#virtualDate) return host.ambient.run(value, body);
        return underClock(
          () => this.clock.now(),
          () => host.ambient.run(value, body),
        );
      },
    };
    return {
      ambient,
      now: () => host.now(),
      random: () => host.random(),
      randomId: () => host.randomId(),
      drain: (next) => host.drain(next),
      timer: (at, fire) => host.timer(at, fire),
      background: (work) => host.background(work),
    };
  }
}
