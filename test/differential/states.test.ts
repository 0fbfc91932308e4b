/** Handlers resumed from every state that an operation can be in, without a service: what they answer and send. */

import * as aws from "@aws/durable-execution-sdk-js";
import { afterAll, describe, expect, test } from "vitest";
import * as perdure from "../../src/lambda-compat/index.ts";
import type { Sdk } from "./case.ts";
import {
  callbackStates,
  conditionStates,
  contextStates,
  invocations,
  invokeStates,
  lastTokens,
  mapStates,
  refusedCheckpoints,
  stepStates,
  submissionStates,
  waitStates,
} from "./corpus/states.ts";
import { fixChance } from "./fixed-chance.ts";
import { runInvocation } from "./single-invocation.ts";

const states = {
  "a step": stepStates,
  "a wait": waitStates,
  "a condition": conditionStates,
  "a callback": callbackStates,
  "an invoke": invokeStates,
  "a context": contextStates,
  "a submission": submissionStates,
  "a map": mapStates,
  "an invocation with": invocations,
  "a checkpoint refused by": refusedCheckpoints,
  "an invocation that gets no other token": lastTokens,
};

fixChance();

// A test whose invocation never ends leaves nothing to do, and vitest does not notice the time in an idle process.
const awake = setInterval(() => undefined, 1000);
afterAll(() => clearInterval(awake));

for (const [topic, cases] of Object.entries(states)) {
  describe(topic, () => {
    for (const [name, definition] of Object.entries(cases)) {
      test(name, async () => {
        const [theirs, ours] = await Promise.all([
          runInvocation(definition, aws),
          runInvocation(definition, perdure as unknown as Sdk),
        ]);
        const { differs } = definition;
        expect(ours).toEqual(differs === undefined ? theirs : { ...theirs, output: differs.output });
      });
    }
  });
}
