import { expect, test, vi } from "vitest";
import { createDrain, eventTasks } from "./drain.ts";

test("waits for a task when code tells the event, since microtasks wait for that code", async () => {
  // As in a page: a process has ticks, and drains by those.
  vi.stubGlobal("process", undefined);
  const { afterMicrotasks, listen } = eventTasks();
  vi.unstubAllGlobals();
  const drain = createDrain(afterMicrotasks);
  const target = new EventTarget();
  const hops = await new Promise((resolve) => {
    listen(target, "complete", () => {
      let hops = 0;
      void (async () => {
        for (; hops < 5000; hops++) await Promise.resolve();
      })();
      drain(() => resolve(hops));
    });
    target.dispatchEvent(new Event("complete"));
  });
  expect(hops).toBe(5000);
});
