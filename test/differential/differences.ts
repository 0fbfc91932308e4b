/** Where perdure differs from AWS's SDK on purpose: as data, so that the tests hold it to exactly these differences. */

import type { Observation } from "./observation.ts";

/**
 * Where a program runs.
 *
 * - `native`: perdure on AWS's test runner, which imports AWS's SDK
 * - `alias`: the same, the runner importing perdure under the name of AWS's SDK
 * - `aws-hosted`: AWS's SDK on perdure's machine
 * - `parked`: perdure on its own machine, kept in memory while it waits
 * - `replayed`: perdure on its own machine, replayed from the log after every suspension
 */
export type Place = "native" | "alias" | "aws-hosted" | "parked" | "replayed";

export interface Difference {
  readonly places: readonly Place[];
  /** One line for docs/differences.md. */
  readonly reason: string;
  /** What perdure does where AWS's SDK on AWS's runner does `aws`. */
  readonly ours: (aws: Observation) => Observation;
}

export const differences = {} satisfies Record<string, Difference>;
export type DifferenceName = keyof typeof differences;
