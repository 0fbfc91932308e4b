import type { ChaosReport } from "../src/testing/chaos/chaos.ts";

/** A report as one thread sends it to another. */
export interface SoakResult extends Omit<ChaosReport, "account" | "faults"> {
  readonly faults: readonly (readonly [kind: string, count: number])[];
}

const counted = ["executions", "commits", "processes", "calls", "functions"] as const;
const names: Readonly<Record<(typeof counted)[number], string>> = {
  executions: "executions",
  commits: "commits",
  processes: "processes",
  calls: "calls of the store",
  functions: "functions run",
};

/** Adds up what seeds came to. */
export class SoakFigures {
  readonly #start = performance.now();
  readonly #sums = { executions: 0, commits: 0, processes: 0, calls: 0, functions: 0 };
  readonly #faults = new Map<string, number>();
  readonly #violations = new Map<string, number>();
  #seeds = 0;

  get faults(): number {
    return sum(this.#faults);
  }

  get violations(): number {
    return sum(this.#violations);
  }

  add(result: SoakResult): void {
    this.#seeds++;
    for (const name of counted) this.#sums[name] += result[name];
    for (const [kind, count] of result.faults) this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + count);
    for (const { promise } of result.violations)
      this.#violations.set(promise, (this.#violations.get(promise) ?? 0) + 1);
  }

  progress(): string {
    const seconds = (performance.now() - this.#start) / 1000;
    const rate = (this.#seeds / seconds).toFixed(1);
    return `${Math.round(seconds)} s: ${this.#seeds} seeds (${rate}/s), ${this.#sums.executions} executions, ${this.faults} faults, ${this.violations} violations`;
  }

  /** As docs/reliability.md shows it. */
  table(): string {
    const minutes = (performance.now() - this.#start) / 60_000;
    const rows: (readonly [string, string])[] = [
      ["seeds", `${grouped(this.#seeds)} in ${minutes.toFixed(1)} minutes`],
      ...counted.map((name) => [names[name], grouped(this.#sums[name])] as const),
      ["faults", grouped(this.faults)],
      ...inOrder(this.#faults).map(([kind, count]) => [`- ${kind}`, grouped(count)] as const),
      ["violations", grouped(this.violations)],
      ...inOrder(this.#violations).map(([promise, count]) => [`- ${promise}`, grouped(count)] as const),
    ];
    return ["| | |", "| --- | ---: |", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n");
  }
}

function sum(counts: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}

function inOrder(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
