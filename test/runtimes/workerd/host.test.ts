import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { objectHost } from "../../../src/adapters/durable-objects/object-host.ts";
import type { Host } from "../../../src/engine/ports/host.ts";

/** Runs `body` where a host is used: inside an object. */
function inObject(body: (host: Host) => Promise<void>): Promise<void> {
  const object = env.STORES.get(env.STORES.idFromName("host"));
  return runInDurableObject(object, (_, state) => body(objectHost((work) => state.waitUntil(work))));
}

function drained(host: Host): Promise<void> {
  return new Promise((resolve) => host.drain(resolve));
}

async function hop(times: number, onHop: () => void): Promise<void> {
  for (let hops = 0; hops < times; hops++) {
    await Promise.resolve();
    onHop();
  }
}

describe("the host of an object", () => {
  test("drains: goes on only when every microtask has run, those queued meanwhile included", () =>
    inObject(async (host) => {
      for (let round = 0; round < 20; round++) {
        let hops = 0;
        void hop(5000, () => hops++);
        await drained(host);
        expect(hops).toBe(5000);
      }
    }));

  test("lets what the first of two callers woke drain before the second is called", () =>
    inObject(async (host) => {
      const seen: string[] = [];
      let hops = 0;
      const first = drained(host).then(() => hop(1000, () => hops++));
      const second = drained(host).then(() => seen.push(`second after ${hops}`));
      await Promise.all([first, second]);
      expect(seen).toEqual(["second after 1000"]);
    }));

  test("calls back at its time or later, and at once for a time that is past", () =>
    inObject(async (host) => {
      for (const at of [host.now() + 20, host.now() - 20]) {
        await new Promise<void>((resolve) => host.timer(at, resolve));
        expect(host.now()).toBeGreaterThanOrEqual(at);
      }
    }));

  test("does not call back early for a time beyond what a platform timer takes, nor after it was cancelled", () =>
    inObject(async (host) => {
      const fired: string[] = [];
      const cancelFar = host.timer(host.now() + 30 * 86_400_000, () => fired.push("far"));
      host.timer(host.now() + 5, () => fired.push("cancelled"))();
      await new Promise<void>((resolve) => host.timer(host.now() + 50, resolve));
      cancelFar();
      expect(fired).toEqual([]);
    }));

  test("lets a value follow asynchronous code", () =>
    inObject(async ({ ambient }) => {
      expect(ambient.tracksAsync).toBe(true);
      const read = async (): Promise<unknown> => {
        await scheduler.wait(1);
        return ambient.get();
      };
      expect(await Promise.all([ambient.run("a", read), ambient.run("b", read), read()])).toEqual([
        "a",
        "b",
        undefined,
      ]);
    }));

  test("keeps the values of every AsyncLocalStorage for code that runs later", () =>
    inObject(async ({ ambient }) => {
      const other = objectHost(() => {}).ambient;
      const kept = other.run("other", () => ambient.run("value", () => ambient.snapshot()));
      await scheduler.wait(1);
      expect(kept(() => [ambient.get(), other.get()])).toEqual(["value", "other"]);
    }));

  test("gives 128 random bits", () =>
    inObject(async (host) => {
      const ids = new Set(Array.from({ length: 100 }, () => host.randomId()));
      expect(ids.size).toBe(100);
      for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
    }));
});
