/**
 * One execution in its object: the runner over the object's own store and alarm, opened by the first event that needs
 * it. Nothing is done in the object's constructor, because whatever fails there fails every event, the alarm included,
 * and the platform stops trying.
 */

import { type Answer, answer } from "../../adapters/durable-objects/answer.ts";
import { DirectoryShards } from "../../adapters/durable-objects/directory-shards.ts";
import type { CallArguments, CallResult, ExecutionCall } from "../../adapters/durable-objects/execution-rpc.ts";
import { recordFault } from "../../adapters/durable-objects/fault-record.ts";
import { writeLive } from "../../adapters/durable-objects/live-stream.ts";
import { DurableObjectClient } from "../../adapters/durable-objects/object-client.ts";
import { objectHost } from "../../adapters/durable-objects/object-host.ts";
import { ObjectLife } from "../../adapters/durable-objects/object-life.ts";
import { FunctionRegistry, type FunctionVersions } from "../../engine/runner/function.ts";
import { Runner } from "../../engine/runner/runner.ts";
import type { KeptLogs } from "../../lambda-compat/http/kept-logs.ts";
import type { LogPage, LogPageQuery } from "../../lambda-compat/http/log-source.ts";
import type { RunnerSettings } from "../options/home-options.ts";
import type { Bindings } from "./bindings.ts";
import { type ExecutionObjectRpc, type LinesOf, objectLogs } from "./object-lines.ts";

/** The settings that all executions of a Worker share. */
export interface ExecutionSettings extends RunnerSettings {
  readonly functions: ReadonlyMap<string, FunctionVersions>;
  readonly shards: number;
}

interface Opened {
  readonly life: ObjectLife;
  readonly runner: Runner;
}

/** All that another may call an object by; a call that is missing here does not compile. */
const CALLS: Readonly<Record<ExecutionCall, true>> = {
  start: true,
  describe: true,
  history: true,
  state: true,
  stop: true,
  resume: true,
  pause: true,
  fork: true,
  rewind: true,
  purge: true,
  completeCallback: true,
  completeInvoke: true,
  checkToken: true,
  checkpoint: true,
  settled: true,
};

export class ExecutionCell implements ExecutionObjectRpc {
  readonly #state: DurableObjectState;
  readonly #bindings: Bindings;
  readonly #settings: ExecutionSettings;
  readonly #logs: KeptLogs = objectLogs(Date.now());
  #opened: Opened | undefined;

  constructor(state: DurableObjectState, bindings: Bindings, settings: ExecutionSettings) {
    this.#state = state;
    this.#bindings = bindings;
    this.#settings = settings;
  }

  call<Call extends ExecutionCall>(call: Call, args: CallArguments<Call>): Promise<Answer<CallResult<Call>>> {
    return answer(async () => {
      if (!Object.hasOwn(CALLS, call)) throw new TypeError("an execution object has no such call");
      const runner = await this.#ready();
      const method = runner[call] as (...args: CallArguments<Call>) => Promise<CallResult<Call>>;
      return method.apply(runner, args);
    });
  }

  async watch(executionId: string, cursor: number): Promise<ReadableStream<Uint8Array>> {
    const runner = await this.#ready();
    return writeLive(runner.watch(executionId, cursor));
  }

  /** Needs nothing of what is stored. */
  async lines(execution: LinesOf, query: LogPageQuery): Promise<LogPage> {
    return this.#logs.lines(execution, query);
  }

  /** The platform's `alarm()`. What fails is recorded, and an alarm brings it back: the platform's own retries end. */
  async alarm(info?: AlarmInvocationInfo): Promise<void> {
    try {
      await this.#open().life.onAlarm(info);
    } catch (error) {
      const { storage } = this.#state;
      this.#tell(error);
      const pauseMs = recordFault(storage, error, Date.now());
      await storage.setAlarm(Math.max(Date.now() + pauseMs, (info?.scheduledTime ?? 0) + 1));
    }
  }

  async #ready(): Promise<Runner> {
    const { life, runner } = this.#open();
    await life.ready();
    return runner;
  }

  /** An object is found by the id of its execution. */
  #tell(error: unknown): void {
    this.#settings.onError(this.#state.id.name, error);
  }

  #open(): Opened {
    this.#opened ??= this.#create();
    return this.#opened;
  }

  #create(): Opened {
    const { functions, shards, ...settings } = this.#settings;
    const directory = new DirectoryShards(this.#bindings.directory, shards);
    const life = new ObjectLife({
      state: this.#state,
      directory,
      now: Date.now,
      wake: (executionId) => runner.wake(executionId),
      onFault: (error) => this.#tell(error),
    });
    const runner: Runner = new Runner({
      ...settings,
      store: life.store,
      alarm: life.alarm,
      host: { ...objectHost((work) => life.background(work)), onLine: (line) => this.#logs.add(line) },
      functions,
      peers: new DurableObjectClient(this.#bindings.executions, directory, new FunctionRegistry(functions)),
      onError: (_, error) => life.failed(error),
    });
    return { life, runner };
  }
}
