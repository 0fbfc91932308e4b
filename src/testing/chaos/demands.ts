import type { StartAnswer } from "../../engine/runner/client.ts";
import { ClientErrorCode } from "../../engine/runner/client.ts";
import type { Act, Program } from "./act.ts";
import type { Landing } from "./archive.ts";
import type { ChaosSystem } from "./chaos-system.ts";
import type { Outside } from "./outside.ts";
import { RandomActs } from "./random-act.ts";
import type { Recorded } from "./recorded.ts";
import { tagOf } from "./recorded.ts";

const DAY_MS = 86_400_000;
const LONGEST_BEFORE_START_MS = 3_000;
const STOPPED = 0.4;
const LONGEST_BEFORE_STOP_MS = 30_000;
const STARTED_TWICE = 0.3;
const REUSE_RETRY_MS = 3_600_000;
const LONGEST_BEFORE_REPAIR_MS = 5_000;
const MOST_DOUBLINGS = 14;
const SAME_VERSION = 0.4;

/** The demands of the outside on whole executions: starts, some of them twice, stops, repairs, and names used again. */
export class Demands {
  /** The program of each tag. */
  readonly programs: Map<string, readonly Act[]> = new Map();
  /** Tags whose start was acknowledged. */
  readonly started: Set<string> = new Set();
  /** Names that somebody has asked to stop. */
  readonly stopped: Set<string> = new Set();
  readonly #system: ChaosSystem;
  readonly #outside: Outside;
  readonly #reused = new Set<string>();
  /** The number of times that each execution has been halted. */
  readonly #halts = new Map<Recorded, number>();
  #later = 0;

  constructor(system: ChaosSystem, outside: Outside) {
    this.#system = system;
    this.#outside = outside;
  }

  /** True while something is to be asked for that has not been yet. */
  get hasPlans(): boolean {
    return this.#later > 0;
  }

  begin(): void {
    const { random } = this.#system.faults;
    for (let index = 0; index < this.#system.scenario.executions; index++) {
      const name = `e${index}`;
      const start = this.#starts(name, `${name}#1`);
      this.#in(random.below(LONGEST_BEFORE_START_MS), start);
      if (random.chance(STARTED_TWICE)) this.#in(random.below(2 * LONGEST_BEFORE_START_MS), start);
      if (this.#system.scenario.stops && random.chance(STOPPED))
        this.#in(random.below(LONGEST_BEFORE_STOP_MS), () => this.#stop(name));
    }
  }

  landed({ recorded, commit }: Landing): void {
    const { random } = this.#system.faults;
    for (const { kind } of commit.facts) {
      if (kind === "HALTED") this.#in(random.below(this.#longestBeforeRepair(recorded)), () => this.#resume(recorded));
      if (kind.startsWith("EXECUTION_") && kind !== "EXECUTION_STARTED") this.#ended(recorded);
    }
  }

  /** Nobody resumes every few seconds, for hours, what no process that lives can run. */
  #longestBeforeRepair(recorded: Recorded): number {
    const halts = this.#halts.get(recorded) ?? 0;
    this.#halts.set(recorded, halts + 1);
    return LONGEST_BEFORE_REPAIR_MS * 2 ** Math.min(halts, MOST_DOUBLINGS);
  }

  /** The name is used again about when the first execution is no longer kept. */
  #ended({ state: { header } }: Recorded): void {
    const { scenario, faults } = this.#system;
    const { name, parent, forkedFrom } = header;
    if (!scenario.reusesNames || parent !== undefined || forkedFrom !== undefined || this.#reused.has(name)) return;
    this.#reused.add(name);
    this.#in(DAY_MS - 1_000 + faults.random.below(5_000), this.#starts(name, `${name}#2`));
  }

  #starts(name: string, tag: string): () => void {
    const acts = new RandomActs(this.#system.faults.random).acts();
    this.programs.set(tag, acts);
    const program: Program = { tag, acts };
    const input = JSON.stringify(program);
    return () =>
      this.#outside.ask({
        what: `start ${name} as ${tag}`,
        send: (client) => client.start({ functionName: "main", name, version: "1", input }),
        done: (answer) => this.#acknowledged(tag, answer),
        refused: ({ code }) => code === ClientErrorCode.ALREADY_STARTED && this.#isTaken(name, tag),
        ...(tag.endsWith("#2") && { retryMs: 1 + this.#system.faults.random.below(REUSE_RETRY_MS) }),
      });
  }

  #acknowledged(tag: string, { execution }: StartAnswer): void {
    const { violations, archive } = this.#system;
    this.started.add(tag);
    if (tagOf(execution.input) !== tag)
      violations.add("START", `the start of ${tag} was answered with ${tagOf(execution.input)}`);
    if (archive.of(execution.incarnation) === undefined)
      violations.add("START", `${tag} was acknowledged and is nowhere`);
  }

  /** Another start has the name: for good if this one's turn is over, for the time being otherwise. */
  #isTaken(name: string, tag: string): boolean {
    const { archive, violations } = this.#system;
    const others = archive.all.filter((recorded) => recorded.id === `main/${name}` && recorded.tag !== tag);
    const own = archive.current(`main/${name}`);
    // A resume may have given it another version than it was started with.
    const isOther = own !== undefined && own.tag === tag && own.state.header.version !== "1";
    if (isOther) return true;
    if (others.length === 0) violations.add("START", `${tag} was refused, and nothing else has the name`);
    return !tag.endsWith("#2");
  }

  #stop(name: string): void {
    this.stopped.add(name);
    const id = `main/${name}`;
    this.#outside.ask({
      what: `stop ${name}`,
      send: (client) => client.stop(id),
      done: () => {
        const recorded = this.#system.archive.current(id);
        const isUndone = recorded !== undefined && recorded.rewinds.length > 0;
        if (recorded !== undefined && !isUndone && !recorded.hasEnded && recorded.tag.endsWith("#1"))
          this.#system.violations.add("START", `${id} was stopped, and runs`);
      },
      refused: () => this.#system.archive.all.some((recorded) => recorded.id === id && recorded.isRemoved),
    });
  }

  #resume({ id, state }: Recorded): void {
    const version = state.header.halt?.reason === "VERSION_MISSING" ? this.#versionToResumeWith() : undefined;
    this.#outside.ask({
      what: `resume ${id}${version === undefined ? "" : ` with version ${version}`}`,
      send: (client) => client.resume(id, version === undefined ? {} : { version }),
      done: () => undefined,
      refused: ({ code }) => code === ClientErrorCode.INVALID_PARAMETER || state.header.halt === undefined,
    });
  }

  /**
   * A client that names a version has looked which ones the process has that will run the execution: another version
   * would halt it for days.
   */
  #versionToResumeWith(): string | undefined {
    const { faults, holder } = this.#system;
    const versions = (holder ?? this.#system.choose())?.versions ?? [];
    return faults.random.chance(SAME_VERSION) ? undefined : versions[faults.random.below(versions.length)];
  }

  #in(ms: number, task: () => void): void {
    const { world } = this.#system;
    this.#later++;
    world.timer(world.now() + ms, () => {
      this.#later--;
      task();
    });
  }
}
