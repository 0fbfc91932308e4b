/** Everything a differential test file needs: the places, their setup and what is held against what. */

import * as aws from "@aws/durable-execution-sdk-js";
import type { LocalDurableTestRunner } from "@aws/durable-execution-sdk-js-testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as perdure from "../../src/lambda-compat/index.ts";
import { type AliasedPackages, installAlias } from "./alias.ts";
import { type Case, casesOf, type Corpus, differing, type Differing, type Sdk } from "./case.ts";
import { differences, type Difference, type Place } from "./differences.ts";
import { fixChance } from "./fixed-chance.ts";
import { runLocally } from "./local-runner.ts";
import { runOnMachine } from "./machine.ts";
import type { Observation } from "./observation.ts";
import { adoptClock, loadRunner, startVirtualTime, stopVirtualTime } from "./virtual-time.ts";

const ours = perdure as unknown as Sdk;

let runner: typeof LocalDurableTestRunner | undefined;
let aliased: AliasedPackages | undefined;

const places: Readonly<Record<Place, (definition: Case) => Promise<Observation>>> = {
  native: (definition) => runLocally(definition, { sdk: ours, Runner: runner! }),
  alias: (definition) => runLocally(definition, aliased!),
  "aws-hosted": (definition) => runOnMachine(definition, { sdk: aws, isForeign: true, parks: true }),
  parked: (definition) => runOnMachine(definition, { sdk: ours, isForeign: false, parks: true }),
  replayed: (definition) => runOnMachine(definition, { sdk: ours, isForeign: false, parks: false }),
};

/** What AWS's SDK does on AWS's runner: the measure of all. */
export function reference(definition: Case): Promise<Observation> {
  return runLocally(definition, { sdk: aws, Runner: runner! });
}

export function runAt(place: Place, definition: Case): Promise<Observation> {
  return places[place](definition);
}

/** What is expected at a place, given what AWS's SDK does. */
export function expected(definition: Case, place: Place, observed: Observation): Observation {
  const apply = (observation: Observation, { places: where, ours: adapt }: Difference): Observation =>
    where.includes(place) ? adapt(observation) : observation;
  return definition.differences.map((name) => differences[name] as Difference).reduce(apply, observed);
}

/** Sets the stage for the tests of a file. */
export function prepareStage(): void {
  fixChance();
  beforeAll(async () => {
    ({ LocalDurableTestRunner: runner } = await loadRunner(() => import("@aws/durable-execution-sdk-js-testing")));
    await runner.setupTestEnvironment({ skipTime: true });
    const fakeClock = adoptClock(runner);
    aliased = await installAlias();
    // The clock can be replaced once only: the second copy of the runner shares the first one's.
    await aliased.Runner.setupTestEnvironment({ skipTime: false });
    Object.assign(aliased.Runner, { skipTime: true, fakeClock });
    startVirtualTime();
  });
  afterAll(async () => {
    stopVirtualTime();
    Object.assign(aliased?.Runner ?? {}, { fakeClock: undefined });
    await aliased?.Runner.teardownTestEnvironment();
    await runner?.teardownTestEnvironment();
    aliased?.remove();
  });
}

/** Runs every case of a corpus everywhere. */
export function compareEverywhere(topic: string, corpus: Corpus, names: Differing = {}): void {
  for (const definition of casesOf(differing(corpus, names))) {
    describe(`${topic}: ${definition.name}`, () => {
      let observed: Observation | undefined;
      test("AWS's SDK on AWS's runner", async () => {
        observed = await reference(definition);
        expect(observed.status).toMatch(/^(SUCCEEDED|FAILED|REJECTED)$/);
      });
      for (const place of definition.places ?? (Object.keys(places) as Place[])) {
        test(place, async () => {
          observed ??= await reference(definition);
          const want = expected(definition, place, observed);
          // What went over the wire is known only where there is one.
          const isNative = place === "native" || place === "alias";
          expect(await runAt(place, definition)).toEqual(isNative ? want : { ...want, updates: undefined });
        });
      }
    });
  }
}
