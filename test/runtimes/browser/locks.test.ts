import { expect, onTestFinished, test, vi } from "vitest";
import { ExecutionLocks } from "../../../src/adapters/indexeddb/execution-locks.ts";

// Firefox leaves the document of a frame that is gone without any answer.
const isFirefox = navigator.userAgent.includes("Firefox");

test.skipIf(isFirefox)(
  "a browser that gives no lock is asked again when somebody claims it again, and not before",
  async () => {
    // The document of a frame that is gone gets none.
    const frame = document.body.appendChild(document.createElement("iframe"));
    const { locks: lost } = frame.contentWindow!.navigator;
    const request = vi.spyOn(lost, "request");
    frame.remove();
    // Asked for them only now, some browsers have none for it at all.
    vi.stubGlobal("navigator", { locks: lost });
    onTestFinished(() => void vi.unstubAllGlobals());
    const told: string[] = [];
    const locks = new ExecutionLocks({
      prefix: crypto.randomUUID(),
      onHeld: (id) => told.push(`${id} held`),
      onLost: (id) => told.push(`${id} lost`),
    });
    locks.claim("one");
    await expect(request.mock.results[0]!.value).rejects.toMatchObject({ name: "InvalidStateError" });
    await new Promise((next) => setTimeout(next, 20));
    expect(request).toHaveBeenCalledTimes(1);
    locks.claim("one");
    expect(request).toHaveBeenCalledTimes(2);
    expect(told).toEqual([]);
  },
);

test("a lock that was stolen is told of once, and can be had again", async () => {
  const prefix = crypto.randomUUID();
  const told: string[] = [];
  const locks = new ExecutionLocks({
    prefix,
    onHeld: (id) => told.push(`${id} held`),
    onLost: (id) => told.push(`${id} lost`),
  });
  onTestFinished(() => locks.dropAll());
  locks.claim("one");
  await expect.poll(() => told).toEqual(["one held"]);
  await navigator.locks.request(`${prefix}one`, { steal: true }, () => {});
  await expect.poll(() => told).toEqual(["one held", "one lost"]);
  expect(locks.holds("one")).toBe(false);
  locks.claim("one");
  await expect.poll(() => told).toEqual(["one held", "one lost", "one held"]);
});
