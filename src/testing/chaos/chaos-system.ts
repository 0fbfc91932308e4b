import type { MemoryStore } from "../../adapters/memory/memory-store.ts";
import type { Host } from "../../engine/ports/host.ts";
import { SimulatedClock } from "../simulated-host.ts";
import { AlarmService } from "./alarm-service.ts";
import { Archive, type Landing } from "./archive.ts";
import { ChaosProcess, type Surroundings } from "./chaos-process.ts";
import { Chronicle } from "./chronicle.ts";
import type { Faults } from "./faults.ts";
import { LinkError } from "./link.ts";
import type { PaceKind } from "./pace.ts";
import { remotePeers } from "./remote-peers.ts";
import type { Scenario } from "./scenario.ts";
import { Story } from "./story.ts";
import { Violations } from "./violations.ts";
import { isWithdrawn } from "./withdrawn.ts";

/** A wake that takes longer is given to another process: the first one may be frozen. */
const WAKE_PATIENCE_MS = 30_000;
/** Far more calls than any run needs. */
const MOST_CALLS = 15_000;
const LONGEST_HINT_MS = 3_000;
const LONGEST_UNRECOVERED_MS = 300_000;
const VERSIONS: readonly (readonly string[])[] = [["1"], ["1", "2"], ["2"]];

export interface SystemListener {
  /** A commit has landed. */
  landed(landing: Landing): void;
  /** A process is about to call its store. */
  called(): void;
}

export interface SystemOptions {
  readonly faults: Faults;
  readonly seed: number;
  /** The store that nothing destroys. It answers at once and never fails. */
  readonly disk: MemoryStore;
  readonly listener: SystemListener;
}

/** The store, the alarms, and the processes over them. */
export class ChaosSystem {
  readonly clock: SimulatedClock;
  readonly world: Host;
  readonly disk: MemoryStore;
  readonly archive: Archive;
  readonly alarms: AlarmService;
  readonly chronicle: Chronicle;
  readonly violations: Violations;
  readonly story: Story;
  readonly faults: Faults;
  readonly processes: ChaosProcess[] = [];
  readonly scenario: Scenario;
  /** The process whose turn it is, where only one has it. */
  holder: ChaosProcess | undefined;
  /** It went on without getting anywhere. */
  isGivenUp = false;
  readonly #surroundings: Surroundings;
  #calls = 0;

  constructor(scenario: Scenario, { faults, seed, disk, listener }: SystemOptions) {
    this.scenario = scenario;
    this.faults = faults;
    this.clock = new SimulatedClock({ seed });
    this.world = this.clock.host();
    this.story = new Story(() => this.clock.now());
    this.violations = new Violations(({ promise, what }) => this.story.tell(`VIOLATION of ${promise}: ${what}`));
    this.disk = disk;
    this.archive = new Archive(this.disk, (landing) => {
      this.#landed(landing);
      listener.landed(landing);
    });
    this.chronicle = new Chronicle(this.archive, this.violations);
    this.alarms = new AlarmService({
      world: this.world,
      faults,
      keeping: scenario.keeping,
      wake: (id, orderedFor) => this.wakeSome(id, orderedFor),
      onLoss: () => this.#recoverLater(),
    });
    this.#surroundings = {
      ...this,
      settings: scenario.settings,
      onCall: () => {
        this.#called();
        listener.called();
      },
      onFailure: (process, error) => this.violations.add("FAILURE", `${process.name} left behind: ${String(error)}`),
    };
  }

  /** Those that live, frozen ones too. */
  get living(): readonly ChaosProcess[] {
    return this.processes.filter(({ isAlive }) => isAlive);
  }

  /** Starts a process, which begins with its recovery. */
  boot({ versions, pace }: { versions?: readonly string[]; pace?: PaceKind } = {}): ChaosProcess {
    const { scenario, faults } = this;
    const { random } = faults;
    const name = `p${this.processes.length + 1}`;
    const some = scenario.hasVersions ? VERSIONS[random.below(VERSIONS.length)] : undefined;
    const process = new ChaosProcess(
      {
        name,
        pace: pace ?? scenario.paces[random.below(scenario.paces.length)] ?? "TURNS",
        versions: versions ?? some ?? ["1"],
        peersOf: scenario.hasRemotePeers
          ? (caller) => remotePeers(caller, { choose: () => this.choose(), world: this.world })
          : undefined,
      },
      this.#surroundings,
    );
    process.host.skewMs = random.below(2 * scenario.skewMs + 1) - scenario.skewMs;
    this.processes.push(process);
    this.story.tell(`${name} starts`);
    if (scenario.sharing === "LOCK") {
      process.mayRun = false;
      if (this.holder?.isAlive !== true) this.handOver(process);
    } else {
      if (scenario.sharing === "SINGLE") this.holder = process;
      process.recover();
    }
    return process;
  }

  crash(process: ChaosProcess): void {
    if (!process.isAlive) return;
    this.faults.count("crash");
    this.story.tell(`${process.name} crashes`);
    process.gate.kill();
    if (this.scenario.sharing !== "LOCK" || this.holder !== process) return;
    this.world.timer(this.world.now() + 1 + this.faults.random.below(LONGEST_HINT_MS), () => {
      const next = this.living[this.faults.random.below(this.living.length)];
      if (next !== undefined && this.holder?.isAlive !== true) this.handOver(next);
    });
  }

  /** Gives the turn to another process. One that is frozen hears of it when it thaws. */
  handOver(next: ChaosProcess): void {
    const before = this.holder;
    if (before === next) return;
    this.story.tell(`${next.name} takes over from ${before?.name ?? "nobody"}`);
    this.holder = next;
    if (before?.isAlive === true) {
      this.faults.count("stand-down");
      before.standDown(this.archive.all.map(({ id }) => id));
    }
    next.gate.enter(() => {
      if (this.holder !== next) return;
      next.mayRun = true;
      next.recover();
    });
  }

  /** A process that the outside, a peer or an alarm reaches. */
  choose(): ChaosProcess | undefined {
    const { living, scenario, holder, faults } = this;
    if (scenario.sharing === "SINGLE") return holder?.isAlive === true ? holder : undefined;
    return living[faults.random.below(living.length)];
  }

  /**
   * Wakes an execution in a process that may run it; rejects if that one does not come back in time. An alarm says for
   * which time it was set.
   */
  async wakeSome(id: string, orderedFor?: number): Promise<void> {
    if (this.isGivenUp) return;
    const { scenario, holder } = this;
    const process = scenario.sharing === "FREE" ? this.choose() : holder;
    if (process?.isAlive !== true) throw new LinkError("No process lives");
    await new Promise<void>((resolve, reject) => {
      const sentAt = this.world.now();
      const cancel = this.world.timer(sentAt + WAKE_PATIENCE_MS, () => reject(new LinkError("No answer")));
      process.gate.enter(() => {
        if (isWithdrawn(sentAt, this)) return;
        if (orderedFor !== undefined) process.alarm.arrived(id, orderedFor);
        process.runner.wake(id).then(resolve, reject).finally(cancel);
      });
    });
  }

  /** The number of calls that processes have made to their store. */
  get calls(): number {
    return this.#calls;
  }

  /** Work that sets off more and more work never ends: all processes are ended instead. */
  #called(): void {
    if (++this.#calls !== MOST_CALLS) return;
    this.violations.add("P10", `processes have called their store ${MOST_CALLS} times, and go on`);
    this.isGivenUp = true;
    for (const { gate } of this.processes) gate.kill();
  }

  /** Tells the process that has its turn of a commit that another process has written. */
  #landed({ recorded, process }: Landing): void {
    const writer = this.processes.find(({ name }) => name === process);
    // Nobody may know of a commit that lands when its process is gone, or has been told that the write failed.
    if (writer?.isAlive !== true || writer.link.isLandingLate) {
      recorded.noteStray();
      this.#recoverLater();
    }
    if (this.scenario.sharing !== "LOCK" || this.holder?.name === process) return;
    const at = this.world.now() + this.faults.random.below(LONGEST_HINT_MS);
    this.world.timer(at, () => void this.#hint(recorded.id));
  }

  async #hint(id: string): Promise<void> {
    try {
      await this.wakeSome(id);
    } catch {
      this.world.timer(this.world.now() + LONGEST_HINT_MS, () => void this.#hint(id));
    }
  }

  /** Plans a recovery, which finds executions that lost their alarm. */
  #recoverLater(): void {
    const at = this.world.now() + this.faults.random.below(LONGEST_UNRECOVERED_MS);
    this.world.timer(at, () => {
      const process = this.scenario.sharing === "FREE" ? this.choose() : this.holder;
      process?.recover();
    });
  }
}
