/** WebKitGTK on a disk of its own that is full. Under its driver it uses none. */

import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { Profile } from "../../../scripts/browsers/remote-browser.ts";
import { sampled } from "../../../scripts/slow-tests.ts";
import { until, World } from "./world.ts";

const engine = inject("engines").webkit;
const reason = engine.found ? noDisk() : engine.reason;

describe.skipIf(reason !== undefined)(reason === undefined ? "a full disk" : `a full disk [${reason}]`, () => {
  // In characters: a small result fails with its commit, a large one before it.
  test.for(sampled([60_000, 3_000_000], 1))(
    "pauses an execution with results of %i characters where it is, until there is room",
    async (size) => {
      if (!engine.found || engine.kind !== "webkit") throw new Error("there is no WebKitGTK");
      const world = await World.openWebKit(engine.programs, 96 << 20);
      const { site, profile } = world;
      const ballast = join(profile.folder, "ballast");
      const held = site.log.hold(({ target }) => target === "one/step-3");
      const tab = await world.open();
      await tab.tab.evaluate(
        "void (globalThis.said = [], console.error = (...all) => said.push(all.map(String).join()))",
      );
      const id = await tab.start("relay", "one", { steps: 8, size });
      await held.arrived;
      fill(ballast);
      held.release();
      await until("the pause", async () => (await tab.describe(id)).halt?.reason === "STORAGE_FULL");
      const viewer = await world.open({ viewer: "1" });
      await until("the other tab to know", async () => (await viewer.describe(id)).halt?.reason === "STORAGE_FULL");
      const tooLarge = `site.start("relay", "two", { steps: 1, padding: "x".repeat(${size}) })`;
      expect(await tab.refusal(tooLarge)).toBe("STORAGE_FULL");
      rmSync(ballast);
      expect(await tab.ended(id)).toMatchObject({ status: "SUCCEEDED" });
      expect(site.asked("one")).toEqual(
        Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`step-${at + 1}`, 1])),
      );
      expect(await tab.tab.evaluate("said")).toEqual([]);
    },
  );
});

/** Why this process can have no disk of its own; undefined where it can. */
function noDisk(): string | undefined {
  const profile = new Profile();
  try {
    profile.mount(1 << 20);
    return undefined;
  } catch {
    return "no disk may be mounted here";
  } finally {
    profile.remove();
  }
}

/** Writes until nothing more fits. */
function fill(path: string): void {
  const file = openSync(path, "w");
  try {
    for (;;) writeSync(file, Buffer.alloc(4096));
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOSPC") throw error;
  } finally {
    closeSync(file);
  }
}
