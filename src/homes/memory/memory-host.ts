import { systemHost } from "../../adapters/hosts/system-host.ts";
import { MemoryAlarm } from "../../adapters/memory/memory-alarm.ts";
import { MemoryStore } from "../../adapters/memory/memory-store.ts";
import type { Alarm } from "../../engine/ports/alarm.ts";
import type { DirectoryRow, ExecutionStore } from "../../engine/ports/execution-store.ts";
import type { Host } from "../../engine/ports/host.ts";
import type { ExecutionClient } from "../../engine/runner/client.ts";
import { Runner } from "../../engine/runner/runner.ts";
import { readFunctions } from "../../lambda-compat/functions.ts";
import { type Start, typedStart } from "../../lambda-compat/typed-client.ts";
import { checkOptions } from "../options/check-options.ts";
import { HOME_FORMS, homeFunctions, type HomeOptions, runnerSettings } from "../options/home-options.ts";

/** A home without options of its own. */
export type MemoryHostOptions = HomeOptions;

/** Durable functions in this process, for as long as it lives. */
export interface MemoryHost {
  /** Starts, describes, lists and stops executions, and completes their callbacks. */
  readonly client: ExecutionClient;
  /** Starts an execution by its function, and hands out what becomes of it, both typed. */
  readonly start: Start;
  /** The store of the executions: to be read, or replayed elsewhere. */
  readonly store: ExecutionStore;
  /** Ends it: nothing that still runs has an effect any more, and nothing keeps the process alive. */
  close(): void;
}

/**
 * Runs durable functions in memory. An execution that has not ended keeps a Node process alive; one that is merely
 * retained does not.
 *
 * @example
 * ```ts
 * import { withDurableExecution } from "perdure";
 * import { createMemoryHost } from "perdure/memory";
 *
 * const greet = withDurableExecution(async (name: string, context) => {
 *   await context.wait({ seconds: 1 });
 *   return context.step("greet", async () => `Hello, ${name}`);
 * });
 *
 * const host = createMemoryHost({ functions: { greet } });
 * const execution = await host.start(greet, "world");
 * console.log(await execution.result());
 * ```
 *
 * @throws {OptionError} INVALID_OPTION for an option that there is not or that is of another form, functions included.
 */
export function createMemoryHost(options: MemoryHostOptions): MemoryHost {
  checkOptions(options, HOME_FORMS);
  const store = new MemoryStore();
  const timers = new ClosableTimers();
  const wake = (id: string): Promise<void> => runner.wake(id);
  const alarms = {
    running: new MemoryAlarm({ host: timers.host(), wake }),
    retained: new MemoryAlarm({ host: timers.host(releaseProcess), wake }),
  };
  const runner: Runner = new Runner({
    ...runnerSettings(options),
    store,
    alarm: alarmByStatus(alarms, (id) => store.row(id)),
    host: timers.host(),
    functions: homeFunctions(options.functions, readFunctions),
  });
  return {
    client: runner,
    start: typedStart(runner, options.functions),
    store,
    close() {
      runner.close();
      timers.close();
    },
  };
}

/** Hosts whose timers can all be ended at once. */
class ClosableTimers {
  readonly #pending = new Set<() => void>();
  #closed = false;

  host(onTimerSet?: (handle: unknown) => void): Host {
    const host = systemHost(onTimerSet === undefined ? {} : { onTimerSet });
    return { ...host, timer: (at, fire) => this.#timer(host, at, fire) };
  }

  close(): void {
    this.#closed = true;
    for (const cancel of this.#pending) cancel();
    this.#pending.clear();
  }

  #timer(host: Host, at: number, fire: () => void): () => void {
    if (this.#closed) return () => undefined;
    const cancel = host.timer(at, () => {
      this.#pending.delete(cancel);
      fire();
    });
    this.#pending.add(cancel);
    return () => {
      this.#pending.delete(cancel);
      cancel();
    };
  }
}

interface AlarmsByStatus {
  readonly running: Alarm;
  readonly retained: Alarm;
}

/** An execution that has ended is only waiting for its removal. */
function alarmByStatus(alarms: AlarmsByStatus, row: (id: string) => DirectoryRow | undefined): Alarm {
  return {
    async schedule(id, at, order) {
      const isRunning = row(id)?.status === "RUNNING";
      await alarms[isRunning ? "retained" : "running"].cancel(id, order);
      await alarms[isRunning ? "running" : "retained"].schedule(id, at, order);
    },
    async cancel(id, order) {
      await alarms.running.cancel(id, order);
      await alarms.retained.cancel(id, order);
    },
  };
}

/** Node keeps a process alive for its timers, unless told not to. */
function releaseProcess(handle: unknown): void {
  if (typeof handle === "object" && handle !== null && "unref" in handle && typeof handle.unref === "function") {
    handle.unref();
  }
}
