/**
 * Programs made from a seed: trees of operations of every kind, as data, and a handler that does what the data says.
 * What such a program comes to follows from the tree alone, whatever happens on the way; only who wins a race may
 * differ, and whoever won has to win in every replay.
 */

import type { RecordedType } from "../engine/model/operation.ts";
import type { Host } from "../engine/ports/host.ts";
import type { Functions } from "../lambda-compat/functions.ts";
import { StepSemantics } from "../lambda-compat/literals.ts";
import type { DurableContext } from "../lambda-compat/types.ts";
import { withDurableExecution } from "../lambda-compat/with-durable-execution.ts";
import type { Effects } from "./ledger.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** One operation. Names are unique in their execution. */
export type Act =
  | {
      readonly act: "step";
      readonly name: string;
      /** How long an attempt takes, in ms. */
      readonly takesMs: number;
      /** Attempts that fail before one succeeds. */
      readonly failures: number;
      readonly atMostOnce: boolean;
    }
  | { readonly act: "wait"; readonly name: string; readonly seconds: number }
  | { readonly act: "poll"; readonly name: string; readonly rounds: number }
  | { readonly act: "callback"; readonly name: string }
  | { readonly act: "waitForCallback"; readonly name: string }
  | { readonly act: "child" | "invoke"; readonly name: string; readonly acts: readonly Act[] }
  | { readonly act: "parallel" | "map" | "all"; readonly name: string; readonly branches: readonly (readonly Act[])[] }
  | { readonly act: "race"; readonly name: string; readonly branches: readonly (readonly Act[])[] };

export const ANSWER = "answered";
const MOST_ACTS = 4;
const MOST_BRANCHES = 3;
const DEEPEST = 3;

type Kind = Act["act"];

/** The plainest act with an operation of each type, so that every type is simulated. */
const plain = {
  STEP: "step",
  WAIT: "wait",
  CALLBACK: "callback",
  CONTEXT: "child",
  CHAINED_INVOKE: "invoke",
} as const satisfies Readonly<Record<RecordedType, Kind>>;

const simple: readonly Kind[] = [
  ...[plain.STEP, plain.STEP, plain.STEP, plain.WAIT],
  ...(["poll", plain.CALLBACK, "waitForCallback"] as const),
];
const nested: readonly Kind[] = [plain.CONTEXT, plain.CHAINED_INVOKE, "parallel", "map", "all", "race"];

export function randomActs(random: SeededRandom, path: string, depth = 0): readonly Act[] {
  const count = 1 + random.below(MOST_ACTS);
  return Array.from({ length: count }, (_, index) => randomAct(random, `${path}${index}`, depth));
}

function randomAct(random: SeededRandom, name: string, depth: number): Act {
  const kinds = depth < DEEPEST ? [...simple, ...nested] : simple;
  const act = kinds[random.below(kinds.length)] ?? "step";
  switch (act) {
    case "step": {
      const takesMs = random.chance(0.5) ? 0 : random.below(3000);
      const failures = random.chance(0.7) ? 0 : 1 + random.below(2);
      return { act, name, takesMs, failures, atMostOnce: random.chance(0.2) };
    }
    case "wait":
      return { act, name, seconds: 1 + random.below(random.chance(0.2) ? 100_000 : 5) };
    case "poll":
      return { act, name, rounds: 1 + random.below(3) };
    case "callback":
    case "waitForCallback":
      return { act, name };
    case "child":
    case "invoke":
      return { act, name, acts: randomActs(random, `${name}-`, depth + 1) };
    case "parallel":
    case "map":
    case "all":
    case "race": {
      const length = 1 + random.below(MOST_BRANCHES);
      const branches = Array.from({ length }, (_, index) => randomActs(random, `${name}.${index}-`, depth + 2));
      return { act, name, branches };
    }
  }
}

/** What acts come to, as JSON values; a race comes to nothing, since its winner is not known beforehand. */
export function valueOf(acts: readonly Act[]): unknown {
  return acts.map((act) => {
    switch (act.act) {
      case "step":
        return act.name;
      case "poll":
        return act.rounds;
      case "callback":
      case "waitForCallback":
        return ANSWER;
      case "child":
      case "invoke":
        return valueOf(act.acts);
      case "parallel":
      case "map":
      case "all":
        return act.branches.map(valueOf);
      case "wait":
      case "race":
        return null;
    }
  });
}

/** Functions that perform the acts that they are given as their event. */
export function performers(effects: Effects, host: Host): Functions {
  const main = withDurableExecution((acts: readonly Act[], context) =>
    new Performer(effects, host).perform(context, acts),
  );
  return { main };
}

class Performer {
  readonly #effects: Effects;
  readonly #host: Host;

  constructor(effects: Effects, host: Host) {
    this.#effects = effects;
    this.#host = host;
  }

  async perform(context: DurableContext, acts: readonly Act[]): Promise<unknown[]> {
    const values: unknown[] = [];
    for (const act of acts) values.push((await this.#one(context, act)) ?? null);
    return values;
  }

  #one(context: DurableContext, act: Act): PromiseLike<unknown> {
    switch (act.act) {
      case "step":
        return this.#step(context, act);
      case "wait":
        return context.wait(act.name, { seconds: act.seconds });
      case "poll":
        return this.#poll(context, act);
      case "callback":
        return context.createCallback(act.name).then(([answer]) => answer);
      case "waitForCallback":
        return context.waitForCallback(act.name, async () => undefined);
      case "child":
        return context.runInChildContext(act.name, (child) => this.perform(child, act.acts));
      case "invoke":
        return context.invoke<readonly Act[], unknown>(act.name, "main", act.acts);
      default:
        return this.#branches(context, act);
    }
  }

  #step(context: DurableContext, act: Extract<Act, { act: "step" }>): PromiseLike<string> {
    const semantics = act.atMostOnce ? StepSemantics.AtMostOncePerRetry : StepSemantics.AtLeastOncePerRetry;
    // Crashes and failures both use attempts up.
    const retryStrategy = (): { shouldRetry: true; delay: { seconds: number } } => ({
      shouldRetry: true,
      delay: { seconds: 1 },
    });
    const run = async ({ attempt }: { attempt: number }): Promise<string> => {
      if (act.atMostOnce) this.#effects.ranAtMostOnce(context, act.name);
      else this.#effects.ran(context, act.name);
      if (act.takesMs > 0) await this.#sleep(act.takesMs);
      if (attempt <= act.failures) throw new Error(`${act.name} fails in attempt ${attempt}`);
      return act.name;
    };
    return context.step(act.name, run, { semantics, retryStrategy });
  }

  #poll(context: DurableContext, { name, rounds }: Extract<Act, { act: "poll" }>): PromiseLike<number> {
    return context.waitForCondition(name, async (round: number) => round + 1, {
      initialState: 0,
      waitStrategy: (round) =>
        round < rounds ? { shouldContinue: true, delay: { seconds: 2 } } : { shouldContinue: false },
    });
  }

  async #branches(context: DurableContext, act: Extract<Act, { branches: unknown }>): Promise<unknown> {
    const { name, branches } = act;
    if (act.act === "map") {
      const mapped = await context.map(name, [...branches], (child, branch) => this.perform(child, branch), {
        maxConcurrency: 2,
      });
      return mapped.getResults();
    }
    if (act.act === "parallel") {
      const started = branches.map((branch) => (child: DurableContext) => this.perform(child, branch));
      return (await context.parallel(name, started)).getResults();
    }
    const children = branches.map((branch, index) =>
      context.runInChildContext(`${name}.${index}`, (child) => this.perform(child, branch)),
    );
    if (act.act === "all") return Promise.all(children);
    const winner = await Promise.race(children.map((child, index) => child.then(() => index)));
    this.#effects.saw(context, name, winner);
    return null;
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#host.timer(this.#host.now() + ms, resolve);
    });
  }
}
