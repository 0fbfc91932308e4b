import type { ExecutionClient } from "../../engine/runner/client.ts";
import { Runner } from "../../engine/runner/runner.ts";
import type { MemoryStore } from "../../adapters/memory/memory-store.ts";
import type { Host } from "../../engine/ports/host.ts";
import { formatExecutionArn, parseExecutionArn } from "../../lambda-compat/arn.ts";
import { type Functions, readFunctions } from "../../lambda-compat/functions.ts";
import { withDurableExecution } from "../../lambda-compat/with-durable-execution.ts";
import type { Program } from "./act.ts";
import type { AlarmService } from "./alarm-service.ts";
import type { Archive } from "./archive.ts";
import type { Actor, Chronicle } from "./chronicle.ts";
import type { Faults } from "./faults.ts";
import { Gate } from "./gate.ts";
import { Knowledge } from "./knowledge.ts";
import { Link } from "./link.ts";
import { Pace, type PaceKind } from "./pace.ts";
import { Performer, type PlainCall } from "./performer.ts";
import { ProcessHost } from "./process-host.ts";
import { RemoteAlarm } from "./remote-alarm.ts";
import { RemoteStore } from "./remote-store.ts";
import type { RunnerSettings } from "./scenario.ts";

/** The parts that all processes share. */
export interface Surroundings {
  readonly world: Host;
  readonly disk: MemoryStore;
  readonly archive: Archive;
  readonly alarms: AlarmService;
  readonly chronicle: Chronicle;
  readonly faults: Faults;
  readonly settings: RunnerSettings;
  /** Told of each call to the store. */
  readonly onCall: () => void;
  /** Told of background work of a process that failed. */
  readonly onFailure: (process: ChaosProcess, error: unknown) => void;
}

export interface ProcessOptions {
  readonly name: string;
  readonly pace: PaceKind;
  /** The versions of the function that it has; the last one is its newest. */
  readonly versions: readonly string[];
  /** Reaches other executions; undefined for the process itself. */
  readonly peersOf: ((caller: ChaosProcess) => ExecutionClient) | undefined;
}

const RECOVERY_RETRY_MS = 1_000;

/** One process: a real runner, and a view of its own of the disk, the alarms, the time and the others. */
export class ChaosProcess implements Actor {
  readonly name: string;
  /** The versions of the function that it has. */
  readonly versions: readonly string[];
  readonly gate: Gate;
  readonly host: ProcessHost;
  readonly link: Link;
  readonly alarm: RemoteAlarm;
  readonly runner: Runner;
  /** True if the process believes that it may run executions. */
  mayRun = true;
  /** The number of times that the process was told to stop running an execution. */
  stoodDown = 0;
  readonly #knowledge: Knowledge;

  constructor(options: ProcessOptions, surroundings: Surroundings) {
    const { name, pace: kind, peersOf } = options;
    const { world, faults, alarms, settings } = surroundings;
    const { random } = faults;
    this.name = name;
    this.versions = options.versions;
    this.gate = new Gate((next) => world.drain(next));
    this.host = new ProcessHost({
      world,
      gate: this.gate,
      faults,
      onFailure: (error) => surroundings.onFailure(this, error),
    });
    const pace = new Pace(kind, { random, clock: world, onSlow: () => faults.happens("slow answer", 1) });
    this.link = new Link({ faults, pace, clock: world });
    this.#knowledge = new Knowledge((next) => world.drain(next));
    this.alarm = new RemoteAlarm(alarms, { gate: this.gate, link: this.link, now: () => this.host.now() });
    this.runner = new Runner({
      ...settings,
      store: this.#store(surroundings),
      alarm: this.alarm,
      host: this.host,
      functions: readFunctions(this.#functions(surroundings, options.versions)),
      ...(peersOf && { peers: peersOf(this) }),
      mayRun: () => this.mayRun,
      arnOf: formatExecutionArn,
    });
  }

  get client(): ExecutionClient {
    return this.runner;
  }

  get isAlive(): boolean {
    return this.gate.isAlive;
  }

  get interruptions(): number {
    return this.gate.failures + this.stoodDown;
  }

  knows(incarnation: string): number {
    return this.#knowledge.of(incarnation);
  }

  told(incarnation: string): number {
    return this.#knowledge.told(incarnation);
  }

  /** Wakes what the directory calls running; again if the directory cannot be read. */
  recover(): void {
    this.gate.enter(() => {
      this.runner.recover().catch(() => {
        this.host.timer(this.host.now() + RECOVERY_RETRY_MS, () => this.recover());
      });
    });
  }

  /** It no longer has its turn, and is told so. */
  standDown(ids: readonly string[]): void {
    this.gate.enter(() => {
      this.mayRun = false;
      this.stoodDown++;
      for (const id of ids) this.host.background(this.runner.standDown(id).catch(() => undefined));
    });
  }

  #store({ archive, disk, onCall }: Surroundings): RemoteStore {
    const { gate, link, name } = this;
    return new RemoteStore({ process: name, disk, archive, gate, link, knowledge: this.#knowledge, onCall });
  }

  #functions({ chronicle }: Surroundings, versions: readonly string[]): Functions {
    const main = withDurableExecution((program: Program, context) => {
      const { durableExecutionArn } = context.executionContext;
      const incarnation = parseExecutionArn(durableExecutionArn)?.incarnation ?? "";
      const deeds = chronicle.invocation(this, incarnation, program.tag);
      return new Performer({ program, incarnation, deeds, host: this.host }).run(context);
    });
    const plain = async (call: PlainCall): Promise<string> => {
      const done = chronicle.plainCall(this, call);
      const { host } = this;
      if (call.takesMs > 0) await new Promise<void>((resolve) => void host.timer(host.now() + call.takesMs, resolve));
      done();
      return `${call.tag}:${call.name}`;
    };
    const latest = versions.at(-1) ?? "1";
    return { main: { latest, versions: Object.fromEntries(versions.map((version) => [version, main])) }, plain };
  }
}
