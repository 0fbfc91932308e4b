/**
 * The mechanisms that keep the promises, each with an edit that takes it out. `npm run mutate` makes the edits, one at a
 * time in a copy of the tree, and sees whether a test fails.
 */

import { awsMutations } from "./aws.ts";
import { machineMutations } from "./machine.ts";
import type { Mutation } from "./mutation.ts";
import { replayMutations } from "./replay.ts";
import { runnerMutations } from "./runner.ts";

export const mutations: readonly Mutation[] = [
  ...machineMutations,
  ...replayMutations,
  ...runnerMutations,
  ...awsMutations,
];
