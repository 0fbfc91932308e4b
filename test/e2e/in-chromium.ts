import { describe, inject } from "vitest";
import type { Chromium, NoChromium } from "../../scripts/find-chromium.ts";

/** The browser of this run, looked for once; or why there is none. */
export const chromium: Chromium | NoChromium = inject("chromium");

/** `describe`, where there is a Chromium. Elsewhere its tests are skipped, and the report says why. */
export function inChromium(name: string, tests: () => void): void {
  const title = chromium.found ? name : `${name} [${chromium.reason}]`;
  describe.skipIf(!chromium.found)(title, () => {
    tests();
  });
}
