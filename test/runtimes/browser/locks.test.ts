import { describe, expect, onTestFinished, test, vi } from "vitest";
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

test("a tab that wants a lock no more leaves its queue, in which it may fall asleep", async () => {
  const name = `${crypto.randomUUID()}one`;
  let leave = (): void => {};
  void navigator.locks.request(name, () => new Promise<void>((resolve) => (leave = resolve)));
  onTestFinished(() => leave());
  const locks = new ExecutionLocks({ prefix: name.slice(0, -3), onHeld: () => {}, onLost: () => {} });
  const queue = async (): Promise<number> => {
    const { pending = [] } = await navigator.locks.query();
    return pending.filter((each) => each.name === name).length;
  };
  locks.claim("one");
  await expect.poll(queue).toBe(1);
  locks.drop("one");
  await expect.poll(queue).toBe(0);
});

describe("the locks of a page that is loaded now, after site data was cleared", () => {
  const frames = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, "contentWindow")!;

  /** As Chromium does it: what has the locks of later pages knows nothing of those of earlier ones. */
  function parts(): void {
    onTestFinished(() => void Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", frames));
    Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", {
      ...frames,
      get(this: HTMLIFrameElement) {
        const inside = frames.get!.call(this) as typeof globalThis;
        const request = inside.LockManager.prototype.request as (...of: [string, ...unknown[]]) => unknown;
        inside.LockManager.prototype.request = function (this: LockManager, name: string, ...rest: unknown[]) {
          return request.call(this, later(name), ...rest);
        } as LockManager["request"];
        return inside;
      },
    });
  }

  const later = (name: string): string => `later ${name}`;

  async function isHeld(name: string): Promise<boolean> {
    return navigator.locks.request(name, { ifAvailable: true }, (lock) => lock === null);
  }

  function open(): { readonly prefix: string; readonly told: string[]; readonly locks: ExecutionLocks } {
    const prefix = crypto.randomUUID();
    const told: string[] = [];
    const locks = new ExecutionLocks({
      prefix,
      onHeld: (id) => told.push(`${id} held`),
      onLost: (id) => told.push(`${id} lost`),
    });
    onTestFinished(() => locks.close());
    return { prefix, told, locks };
  }

  test("are those that it holds and queues for from then on, and only those", async () => {
    const { prefix, told, locks } = open();
    locks.claim("one");
    await expect.poll(() => told).toEqual(["one held"]);
    let leave = (): void => {};
    void navigator.locks.request(later(`${prefix}two`), () => new Promise<void>((resolve) => (leave = resolve)));
    locks.claim("two");
    await expect.poll(() => told).toEqual(["one held", "two held"]);
    parts();
    const before = window.frames.length;
    await locks.renew();
    await expect.poll(() => told).toEqual(["one held", "two held", "one held"]);
    expect(locks.held()).toEqual(["one"]);
    expect(await isHeld(later(`${prefix}one`))).toBe(true);
    expect(await isHeld(`${prefix}one`)).toBe(false);
    leave();
    await expect.poll(() => locks.held()).toEqual(["one", "two"]);
    await locks.renew();
    expect(window.frames.length, "the window that it asks").toBe(before + 1);
    locks.close();
    expect(window.frames.length).toBe(before);
    await expect.poll(() => isHeld(later(`${prefix}one`))).toBe(false);
  });

  test("are left alone where they are those that it has", async () => {
    const { told, locks } = open();
    locks.claim("one");
    await expect.poll(() => told).toEqual(["one held"]);
    const before = window.frames.length;
    await locks.renew();
    expect(told).toEqual(["one held"]);
    expect(locks.holds("one")).toBe(true);
    expect(window.frames.length).toBe(before);
  });

  test.each(["before", "while", "after"])(
    "leave no window behind in the page that is closed %s it asks",
    async (when) => {
      const { prefix, told, locks } = open();
      parts();
      const before = window.frames.length;
      locks.claim("one");
      await expect.poll(() => told).toEqual(["one held"]);
      if (when === "before") locks.close();
      const renewals = Promise.all([locks.renew(), locks.renew()]);
      if (when === "while") await Promise.resolve().then(() => locks.close());
      // Firefox answers no question that a window has asked which is gone.
      else await renewals;
      if (when === "after") locks.close();
      expect(window.frames.length).toBe(before);
      await expect.poll(() => isHeld(later(`${prefix}one`))).toBe(false);
    },
  );
});
