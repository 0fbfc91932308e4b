import { describe, test } from "vitest";
import { describeTabs } from "./describe-tabs.ts";
import { Crowd, promises } from "./promise-cases.ts";
import type { EngineKind } from "./world.ts";

/** The promises in so many tabs of an engine, which go from one promise to the next. */
export function describePromises(kind: EngineKind, counts: readonly number[]): void {
  describeTabs(kind, `in ${kind}`, (open) => {
    for (const count of counts) {
      describe(`${count} tabs keep`, { concurrent: false }, () => {
        let crowd: Promise<Crowd> | undefined;
        test.for(promises)("%s", async ([, keep]) => {
          crowd ??= open().then((world) => new Crowd(world, count));
          await keep(await crowd);
        });
      });
    }
  });
}
