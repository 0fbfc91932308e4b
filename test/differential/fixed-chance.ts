/** Retry and wait strategies draw lots; to compare what they decide, both SDKs draw the same. */

import { afterAll, beforeAll } from "vitest";

const OF_AN_SDK = /durable-execution-sdk-js|lambda-compat|perdure-alias/;

export function fixChance(): void {
  const { random } = Math;
  beforeAll(() => {
    // The test runner itself needs chance to tell its messages apart.
    Math.random = () => (OF_AN_SDK.test(new Error().stack ?? "") ? 0.5 : random());
  });
  afterAll(() => {
    Math.random = random;
  });
}
