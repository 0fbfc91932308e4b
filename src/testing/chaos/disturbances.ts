import type { Answers } from "./answers.ts";
import type { ChaosProcess } from "./chaos-process.ts";
import type { ChaosSystem } from "./chaos-system.ts";

const DAY_MS = 86_400_000;
const MOST_EARLY_WAKES = 4;

/** The disturbances of processes, and of the ports as a whole, between one moment and the next. */
export class Disturbances {
  readonly #system: ChaosSystem;
  readonly #answers: Answers;

  constructor(system: ChaosSystem, answers: Answers) {
    this.#system = system;
    this.#answers = answers;
  }

  /** The time until the next disturbance, in ms: most follow soon, some after a day. */
  gap(): number {
    const { random } = this.#system.faults;
    const draw = random.next();
    if (draw < 0.6) return random.below(1_500);
    if (draw < 0.93) return random.below(30_000);
    return random.below(1.2 * DAY_MS);
  }

  happen(): void {
    const { random } = this.#system.faults;
    const kinds = [
      () => this.#crash(),
      () => this.#crash(),
      () => this.#freeze(),
      () => this.#freeze(),
      () => this.#join(),
      () => this.#handOver(),
      () => this.#jump(),
      () => this.#wakeEarly(),
      () => this.#wakeEarly(),
      () => this.#recover(),
      () => this.#fill(),
      () => this.#look(),
      () => void this.#answers.give(),
    ];
    kinds[random.below(kinds.length)]?.();
  }

  /** A process is gone, and after a while another one starts. */
  #crash(): void {
    const { faults, world } = this.#system;
    const victim = this.#some();
    if (victim !== undefined) this.#system.crash(victim);
    const downMs = faults.random.chance(0.3) ? 0 : faults.random.below(faults.random.chance(0.2) ? 60_000 : 3_000);
    if (downMs === 0) this.#system.boot();
    else world.timer(world.now() + downMs, () => this.#system.boot());
  }

  /** A process stops in the middle of what it does, and goes on later with what it believes. */
  #freeze(): void {
    const { faults, story, world, scenario } = this.#system;
    const { random } = faults;
    const victim = this.#some();
    if (victim === undefined || victim.gate.isFrozen) return;
    faults.count("freeze");
    const longest = random.chance(0.15) ? 3 * DAY_MS : random.chance(0.5) ? 90_000 : 2_000;
    const ms = 1 + random.below(longest);
    story.tell(`${victim.name} freezes for ${ms} ms`);
    victim.gate.freeze();
    world.timer(world.now() + ms, () => {
      if (victim.isAlive && victim.gate.isFrozen) story.tell(`${victim.name} thaws`);
      victim.gate.thaw();
    });
    const takesOver = scenario.sharing === "SINGLE" || (scenario.sharing === "LOCK" && this.#system.holder === victim);
    if (takesOver) world.timer(world.now() + random.below(5_000), () => this.#replace(victim));
  }

  /** Another process takes the place of one that does not answer. */
  #replace(victim: ChaosProcess): void {
    if (this.#system.holder !== victim || !victim.gate.isFrozen) return;
    const other = this.#system.living.find((process) => process !== victim && !process.gate.isFrozen);
    if (this.#system.scenario.sharing === "SINGLE" || other === undefined) this.#system.boot();
    const next = other ?? this.#system.processes.at(-1);
    if (this.#system.scenario.sharing === "LOCK" && next !== undefined) this.#system.handOver(next);
  }

  #join(): void {
    if (this.#system.scenario.sharing !== "SINGLE") this.#system.boot();
  }

  #handOver(): void {
    const { scenario } = this.#system;
    const next = this.#some();
    if (scenario.sharing === "LOCK" && next !== undefined) this.#system.handOver(next);
  }

  #jump(): void {
    const { faults, story, scenario } = this.#system;
    const process = this.#some();
    if (process === undefined || scenario.skewMs === 0) return;
    faults.count("clock jump");
    process.host.skewMs = faults.random.below(2 * scenario.skewMs + 1) - scenario.skewMs;
    story.tell(`the clock of ${process.name} is now ${process.host.skewMs} ms ahead`);
  }

  /** Wakes that nobody ordered, in any process, several at once. */
  #wakeEarly(): void {
    const { faults, archive } = this.#system;
    const { random } = faults;
    const all = archive.all;
    for (let wakes = 1 + random.below(MOST_EARLY_WAKES); wakes > 0 && all.length > 0; wakes--) {
      const { id } = all[random.below(all.length)] as (typeof all)[number];
      const process = this.#some();
      if (process === undefined) return;
      faults.count("alarm early");
      process.gate.enter(() => process.host.background(process.runner.wake(id)));
    }
  }

  #recover(): void {
    const { scenario, holder } = this.#system;
    const process = scenario.sharing === "FREE" ? this.#some() : holder;
    process?.recover();
  }

  /** The store has no room for what a process writes, for a while. */
  #fill(): void {
    const { faults, story, world } = this.#system;
    const process = this.#some();
    if (process === undefined || faults.isHealed || !faults.random.chance(0.5)) return;
    const ms = 1 + faults.random.below(20_000);
    story.tell(`the store is full for ${process.name} for ${ms} ms`);
    process.link.isFull = true;
    world.timer(world.now() + ms, () => void (process.link.isFull = false));
  }

  /** Somebody looks at executions in a process: it reads what others wrote in the middle of what it does. */
  #look(): void {
    const { archive } = this.#system;
    const process = this.#some();
    if (process === undefined) return;
    for (const { id } of archive.all) process.gate.enter(() => void process.runner.describe(id).catch(() => undefined));
  }

  #some(): ChaosProcess | undefined {
    const { living, faults } = this.#system;
    return living[faults.random.below(living.length)];
  }
}
