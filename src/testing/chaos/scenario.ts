import type { SeededRandom } from "../seeded-random.ts";
import type { RunnerOptions } from "../../engine/runner/runner.ts";
import type { AlarmKeeping } from "./alarm-service.ts";
import type { PaceKind } from "./pace.ts";

/** The ways in which processes share executions. */
export const Sharing = {
  /** One process runs everything, as a Durable Object does; another one only replaces it. */
  SINGLE: "SINGLE",
  /** One of several holds a lock and runs everything, as a browser's tabs do; the others serve their clients. */
  LOCK: "LOCK",
  /** Any process may be woken for any execution, as Lambda functions are. */
  FREE: "FREE",
} as const;
export type Sharing = (typeof Sharing)[keyof typeof Sharing];

export type RunnerSettings = Pick<
  RunnerOptions,
  "parks" | "graceMs" | "lingerMs" | "invocationMs" | "watchdogMs" | "retentionDays" | "executionTimeoutSeconds"
>;

/** The simulation of one seed. */
export interface Scenario {
  readonly sharing: Sharing;
  readonly executions: number;
  /** The number of disturbances of the processes. */
  readonly disturbances: number;
  /** 0: no port ever fails; 1: each fault with its full probability; above: a bad day. */
  readonly faultRate: number;
  readonly settings: RunnerSettings;
  readonly keeping: AlarmKeeping;
  /** Commits per page of a log. */
  readonly pageCommits: number;
  /** The most that the clocks of processes may be apart, in ms. */
  readonly skewMs: number;
  /** Callees are reached over a network; otherwise each process reaches them in itself. */
  readonly hasRemotePeers: boolean;
  /** Processes differ in the versions that they have. */
  readonly hasVersions: boolean;
  /** Names are used again when their first execution is no longer retained. */
  readonly reusesNames: boolean;
  readonly stops: boolean;
  /** The number of an operator's actions on executions: pauses, forks, rewinds. */
  readonly operations: number;
  readonly paces: readonly PaceKind[];
}

/** In some runs an operator is at work. */
export function randomOperations(random: SeededRandom): number {
  return random.chance(0.35) ? 1 + random.below(5) : 0;
}

export function randomScenario(random: SeededRandom): Omit<Scenario, "operations"> {
  const hasVersions = random.chance(0.15);
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)] as T;
  return {
    sharing: pick(["SINGLE", "LOCK", "FREE", "FREE"]),
    executions: 1 + random.below(3),
    disturbances: random.chance(0.1) ? 0 : random.below(16),
    faultRate: pick([0, 0.5, 1, 1, 2]),
    settings: {
      parks: random.chance(0.6),
      graceMs: pick([0, 0, 20]),
      lingerMs: pick([0, 250]),
      retentionDays: 1,
      ...(random.chance(0.5) && { watchdogMs: pick([5_000, 60_000]) }),
      ...(random.chance(0.05) && { invocationMs: 20_000 }),
      ...(random.chance(0.06) && { executionTimeoutSeconds: 1 + random.below(30) }),
    },
    keeping: random.chance(0.75) ? "ONE" : "ALL",
    pageCommits: pick([2, 3, 5, 20, 1000, 1000]),
    skewMs: pick([0, 0, 5, 300]),
    hasRemotePeers: random.chance(0.5),
    hasVersions,
    reusesNames: random.chance(0.35),
    stops: random.chance(0.25),
    paces: pick<readonly PaceKind[]>([
      ["AT_ONCE"],
      ["TURNS"],
      ["NETWORK"],
      ["NETWORK"],
      ["AT_ONCE", "TURNS", "NETWORK"],
    ]),
  };
}
