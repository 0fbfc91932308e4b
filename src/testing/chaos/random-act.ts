import type { RecordedType } from "../../engine/model/operation.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { Act, Join, SimpleAct } from "./act.ts";

const MOST_ACTS = 4;
const MOST_BRANCHES = 3;
const DEEPEST = 3;
/** Beyond this many operations everything is a step. */
const MOST_OPERATIONS = 16;

/** The plainest act with an operation of each type, so that every type is simulated. */
const plain = {
  STEP: "step",
  WAIT: "wait",
  CALLBACK: "callback",
  CONTEXT: "child",
  CHAINED_INVOKE: "invoke",
} as const satisfies Readonly<Record<RecordedType, Act["act"]>>;

const simple: readonly SimpleAct["act"][] = [
  ...[plain.STEP, plain.STEP, plain.STEP, plain.WAIT],
  ...(["poll", plain.CALLBACK, plain.CALLBACK, "waitForCallback", "plain"] as const),
];
const racing: readonly SimpleAct["act"][] = ["callback", "callback", "callback", "wait", "wait", "step"];
const nested: readonly Act["act"][] = [
  ...[plain.CONTEXT, plain.CHAINED_INVOKE],
  ...(["virtual", "map", "parallel", "graph", "graph", "graph", "contexts", "loser"] as const),
];
const joins: readonly Join[] = ["all", "all", "race", "race", "any", "allSettled"];

/** Makes one program from a seed. */
export class RandomActs {
  readonly #random: SeededRandom;
  #operations = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  acts(path = "a", depth = 0): readonly Act[] {
    const count = 1 + this.#random.below(MOST_ACTS);
    return Array.from({ length: count }, (_, index) => this.#act(`${path}${index}`, depth));
  }

  #act(name: string, depth: number): Act {
    const isSimple = depth >= DEEPEST || this.#operations >= MOST_OPERATIONS || this.#random.chance(0.4);
    if (isSimple) return this.#simple(name);
    const act = depth === 0 && this.#random.chance(0.2) ? "graph" : this.#pick(nested);
    switch (act) {
      case "child":
      case "virtual":
      case "invoke":
        return { act, name, acts: this.acts(`${name}-`, depth + 1) };
      case "map":
      case "parallel":
        return this.#batch(act, name, depth);
      case "contexts":
        return {
          act,
          name,
          join: this.#random.chance(0.5) ? "all" : "race",
          isVirtual: this.#random.chance(0.4),
          branches: this.#branches(name, depth),
        };
      case "loser":
        return { act, name, operation: this.#simple(`${name}-l`) };
      default:
        return this.#graph(name);
    }
  }

  #batch(act: "map" | "parallel", name: string, depth: number): Act {
    const random = this.#random;
    const branches = this.#branches(name, depth);
    return {
      act,
      name,
      branches,
      nesting: random.chance(0.5) ? "FLAT" : "NESTED",
      ...(random.chance(0.3) && { maxConcurrency: 1 + random.below(2) }),
      ...(random.chance(0.35) && { enough: 1 + random.below(branches.length) }),
    };
  }

  #graph(name: string): Act {
    const length = 2 + this.#random.below(3);
    // Callbacks and timers that are open together: what comes from outside then races them.
    const kinds = this.#random.chance(0.5) ? racing : simple;
    const operations = Array.from({ length }, (_, index) => this.#simple(`${name}.${index}`, kinds));
    return { act: "graph", name, join: this.#pick(joins), operations };
  }

  #branches(name: string, depth: number): readonly (readonly Act[])[] {
    const length = 1 + this.#random.below(MOST_BRANCHES);
    return Array.from({ length }, (_, index) => this.acts(`${name}.${index}-`, depth + 2));
  }

  #simple(name: string, kinds = simple): SimpleAct {
    this.#operations++;
    const random = this.#random;
    const act = this.#operations > MOST_OPERATIONS ? "step" : this.#pick(kinds);
    switch (act) {
      case "wait":
        return { act, name, seconds: 1 + random.below(random.chance(0.1) ? 50_000 : 4) };
      case "poll":
        return { act, name, rounds: 1 + random.below(3) };
      case "plain":
        return { act, name, takesMs: this.#duration() };
      case "callback":
      case "waitForCallback":
        return {
          act,
          name,
          ...(random.chance(0.2) && { timeoutSeconds: 1 + random.below(20) }),
          ...(random.chance(0.1) && { heartbeatSeconds: 1 + random.below(5) }),
        };
      default:
        return this.#step(name);
    }
  }

  #step(name: string): SimpleAct {
    const random = this.#random;
    return {
      act: "step",
      name,
      takesMs: this.#duration(),
      failures: random.chance(0.75) ? 0 : 1 + random.below(2),
      ...(random.chance(0.1) && { mostAttempts: 1 + random.below(2) }),
      atMostOnce: random.chance(0.2),
    };
  }

  #duration(): number {
    const random = this.#random;
    if (random.chance(0.5)) return 0;
    return random.chance(0.1) ? random.below(60_000) : random.below(3000);
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#random.below(items.length)] as T;
  }
}
