/**
 * The mechanisms that keep the promises, each with an edit that takes it out. `npm run mutate` makes the edits, one at a
 * time in a copy of the tree, and sees whether a test fails.
 */

import { browserMutations } from "./browser.ts";
import { compatMutations } from "./compat.ts";
import { consoleMutations } from "./console.ts";
import { httpMutations } from "./http.ts";
import { indexedDbMutations } from "./indexeddb.ts";
import { machineDecisionsMutations } from "./machine-decisions.ts";
import { machineFoldMutations } from "./machine-fold.ts";
import { machinePlanMutations } from "./machine-plan.ts";
import { awsMutations } from "./aws.ts";
import type { Mutation } from "./mutation.ts";
import { nativeMutations } from "./native.ts";
import { operatingMutations } from "./operating.ts";
import { playgroundMutations } from "./playground.ts";
import { replayAttemptsMutations } from "./replay-attempts.ts";
import { replayContextsMutations } from "./replay-contexts.ts";
import { replayOrderMutations } from "./replay-order.ts";
import { tagsMutations } from "./tags.ts";
import { runnerClientsMutations } from "./runner-clients.ts";
import { runnerLogMutations } from "./runner-log.ts";
import { runnerWakesMutations } from "./runner-wakes.ts";

export const mutations: readonly Mutation[] = [
  ...machineDecisionsMutations,
  ...machineFoldMutations,
  ...machinePlanMutations,
  ...replayOrderMutations,
  ...replayContextsMutations,
  ...replayAttemptsMutations,
  ...runnerWakesMutations,
  ...runnerLogMutations,
  ...runnerClientsMutations,
  ...compatMutations,
  ...nativeMutations,
  ...httpMutations,
  ...operatingMutations,
  ...consoleMutations,
  ...playgroundMutations,
  ...browserMutations,
  ...tagsMutations,
  ...awsMutations,
  ...indexedDbMutations,
];
