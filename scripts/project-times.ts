/** Tells at the end of a run which kind of tests took how long, so that one which grows is seen. */

import type { Reporter, TestModule } from "vitest/node";

/** A file of tests, as far as it is read here. */
export interface TimedModule {
  readonly project: { readonly name: string };
  diagnostic(): Pick<ReturnType<TestModule["diagnostic"]>, "duration" | "setupDuration" | "collectDuration">;
}

// oxlint-disable-next-line import/no-default-export -- vitest takes it by this name
export default class ProjectTimes implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    console.log(`seconds of tests, several at a time: ${projectTimes(modules)}`);
  }
}

/** For example "e2e 360, node 265": of each project the times of its files, added up, in seconds; the longest first. */
export function projectTimes(modules: readonly TimedModule[]): string {
  const times = new Map<string, number>();
  for (const module of modules) {
    const { setupDuration, collectDuration, duration } = module.diagnostic();
    const { name } = module.project;
    times.set(name, (times.get(name) ?? 0) + setupDuration + collectDuration + duration);
  }
  const sorted = [...times].toSorted(([, a], [, b]) => b - a);
  return sorted.map(([name, ms]) => `${name} ${Math.round(ms / 1000)}`).join(", ");
}
