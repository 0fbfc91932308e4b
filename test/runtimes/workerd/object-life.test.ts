import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CommitLog } from "../../../src/adapters/durable-objects/commit-log.ts";
import { DirectoryShards } from "../../../src/adapters/durable-objects/directory-shards.ts";
import { readFault, recordFault } from "../../../src/adapters/durable-objects/fault-record.ts";
import type { DirectoryRow } from "../../../src/engine/ports/execution-store.ts";
import { hooks, ORDER, SHARDS, type StoreObject } from "./store-object.ts";

let scope = "";
let woken: number[] = [];

beforeEach(() => {
  scope = `life-${crypto.randomUUID()}`;
  woken = [];
  hooks.wake = async () => {
    woken.push(Date.now());
  };
});

afterEach(() => {
  hooks.isDirectoryDown = false;
});

function rowOf(name: string, fields: Partial<DirectoryRow> = {}): DirectoryRow {
  const id = `${scope}/${name}`;
  return {
    id,
    functionName: scope,
    name,
    version: "1",
    incarnation: "i",
    seq: 1,
    status: "SUCCEEDED",
    startedAt: 1,
    ...fields,
  };
}

function objectOf(name: string): DurableObjectStub<StoreObject> {
  return env.STORES.get(env.STORES.idFromName(`${scope}/${name}`));
}

async function created(name: string, fields: Partial<DirectoryRow> = {}): Promise<DurableObjectStub<StoreObject>> {
  const object = objectOf(name);
  await object.create(rowOf(name, fields), "{}");
  return object;
}

function alarmOf(object: DurableObjectStub<StoreObject>): Promise<number | null> {
  return runInDurableObject(object, (_, state) => state.storage.getAlarm());
}

async function listed(): Promise<readonly DirectoryRow[]> {
  return new DirectoryShards(env.DIRECTORY, SHARDS).list({ functionName: scope, limit: 100 });
}

/** So that the next pauses are too long for an alarm of its own to come between the steps of a test. */
function failedBefore(object: DurableObjectStub<StoreObject>, times: number): Promise<void> {
  return runInDurableObject(object, (_, { storage }) => {
    for (let count = 1; count <= times; count++) {
      expect(recordFault(storage, new Error("before"), 0)).toBe(1000 * 2 ** count);
    }
  });
}

/** Ten seconds are what the times of the guard are rounded to. */
function roundTime(at: number): number {
  return Math.ceil(at / 10_000) * 10_000;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await scheduler.wait(5);
}

describe("the one alarm of an object", () => {
  test("fires again and again when it is set for the past, or for now, while it fires", async () => {
    const object = await created("past");
    hooks.wake = async (_, { life }) => {
      woken.push(Date.now());
      if (woken.length < 20) await life.alarm.schedule("", Date.now() - (woken.length % 2) * 1000, ORDER);
    };
    await object.schedule(Date.now());
    await until(() => woken.length === 20);
    expect(woken).toHaveLength(20);
  });

  test("outlives any number of wakes that fail, at growing distances", async () => {
    const object = await created("failing");
    hooks.wake = async () => {
      throw new Error("no luck");
    };
    await failedBefore(object, 5);
    await object.schedule(Date.now() + 60_000);
    for (let failures = 6; failures <= 12; failures++) {
      expect(await runDurableObjectAlarm(object)).toBe(true);
      await runInDurableObject(object, async ({ life }, { storage }) => {
        await life.idle();
        const fault = readFault(storage);
        expect(fault).toMatchObject({ count: failures, message: "no luck" });
        expect(await storage.getAlarm()).toBe((fault?.at ?? 0) + Math.min(1000 * 2 ** failures, 600_000));
      });
    }
  });

  test("counts failures across the death of the object, and forgets them after a wake that succeeds", async () => {
    const object = await created("recovering");
    hooks.wake = async () => {
      throw new Error("no luck");
    };
    await failedBefore(object, 5);
    await object.schedule(Date.now() + 60_000);
    await runDurableObjectAlarm(object);
    await runInDurableObject(object, ({ life }) => life.idle());
    await abortAllDurableObjects();
    const again = objectOf("recovering");
    await runDurableObjectAlarm(again);
    await runInDurableObject(again, async ({ life }, state) => {
      await life.idle();
      expect(readFault(state.storage)?.count).toBe(7);
    });
    hooks.wake = async () => {};
    await runDurableObjectAlarm(again);
    await runInDurableObject(again, async ({ life }, state) => {
      await life.idle();
      expect(readFault(state.storage)).toBeUndefined();
    });
    expect(await alarmOf(again)).toBeNull();
  });

  test("is set anew before any work when the platform is about to give up on it", async () => {
    const object = await created("interrupted");
    const alarm = await runInDurableObject(object, async ({ life }, state) => {
      await life.onAlarm({ scheduledTime: Date.now(), retryCount: 5, isRetry: true });
      return state.storage.getAlarm();
    });
    expect(woken).toEqual([]);
    expect(alarm).toBeGreaterThan(Date.now());
    await runDurableObjectAlarm(object);
    await until(() => woken.length === 1);
  });

  test("stands while something runs, and is gone when nothing needs it", async () => {
    const object = await created("guarded");
    const finish = await runInDurableObject(object, ({ life }) => {
      let resolve = (): void => {};
      life.background(
        new Promise<void>((done) => {
          resolve = done;
        }),
      );
      return resolve;
    });
    expect(await alarmOf(object)).toBeGreaterThan(Date.now());
    await runInDurableObject(object, async ({ life }) => {
      finish();
      await life.idle();
    });
    expect(await alarmOf(object)).toBeNull();
  });

  test("wakes an execution that died at its work", async () => {
    const object = await created("killed");
    await runInDurableObject(object, ({ life }) => life.background(new Promise(() => {})));
    await abortAllDurableObjects();
    const again = objectOf("killed");
    expect(await runDurableObjectAlarm(again)).toBe(true);
    await until(() => woken.length === 1);
  });

  test("need not be waited for when somebody asks for an execution that died at its work", async () => {
    const object = await created("asked", { status: "RUNNING" });
    // What the guard sets, only later, so that the test need not be faster than it.
    await object.schedule(roundTime(Date.now() + 3_600_000));
    await abortAllDurableObjects();
    await objectOf("asked").read(`${scope}/asked`, 1);
    await until(() => woken.length === 1);
  });

  test("wakes an execution that kills its object later each time, until it gets through", async () => {
    await created("poison", { status: "RUNNING" });
    const goOff = (): Promise<{ count: number; pause: number }> =>
      runInDurableObject(objectOf("poison"), async ({ life }, { storage }) => {
        await storage.deleteAlarm();
        await life.onAlarm({ scheduledTime: roundTime(Date.now() - 10_000), retryCount: 0, isRetry: false });
        const { count, at } = readFault(storage) ?? { count: 0, at: 0 };
        return { count, pause: ((await storage.getAlarm()) ?? 0) - at };
      });
    hooks.wake = (_, { life }) => {
      woken.push(Date.now());
      life.background(new Promise(() => {}));
      return Promise.resolve();
    };
    await abortAllDurableObjects();
    expect(await goOff()).toMatchObject({ count: 1 });
    expect(woken).toHaveLength(1);
    // Long pauses, so that no alarm goes off by itself meanwhile.
    await runInDurableObject(objectOf("poison"), (_, { storage }) => {
      for (let count = 2; count <= 4; count++) recordFault(storage, new Error("again"), 0);
    });
    for (let count = 5; count <= 8; count++) {
      await abortAllDurableObjects();
      expect(await goOff()).toEqual({ count, pause: Math.min(1000 * 2 ** count, 600_000) });
      expect(woken).toHaveLength(1);
    }
    hooks.wake = async () => {};
    await abortAllDurableObjects();
    await runDurableObjectAlarm(objectOf("poison"));
    await runInDurableObject(objectOf("poison"), async ({ life }, { storage }) => {
      await life.idle();
      expect(readFault(storage)).toBeUndefined();
    });
  });

  test("is set when an execution that runs comes up without one", async () => {
    const object = await created("lost", { status: "RUNNING" });
    await runInDurableObject(object, (_, state) => state.storage.deleteAlarm());
    await abortAllDurableObjects();
    await objectOf("lost").read(`${scope}/lost`, 1);
    await until(() => woken.length === 1);
  });

  test("is left alone when an object comes up and is only asked something", async () => {
    const object = await created("asleep", { status: "RUNNING" });
    const due = roundTime(Date.now() + 3_600_000) + 1;
    await object.schedule(due);
    await abortAllDurableObjects();
    await objectOf("asleep").read(`${scope}/asleep`, 1);
    expect(await alarmOf(objectOf("asleep"))).toBe(due);
    expect(woken).toEqual([]);
  });
});

describe("what an object stores", () => {
  test("one row for a commit, whatever came before it", async () => {
    const written = await runInDurableObject(objectOf("rows"), (_, state) => {
      const { sql } = state.storage;
      const counted: number[] = [];
      const counting = {
        exec: (...args: Parameters<SqlStorage["exec"]>) => {
          const cursor = sql.exec(...args);
          if (args[0].startsWith("INSERT")) counted.push(cursor.rowsWritten);
          return cursor;
        },
      } as SqlStorage;
      const log = new CommitLog({ sql: counting, transactionSync: (body) => state.storage.transactionSync(body) });
      log.reset();
      for (let seq = 1; seq <= 1000; seq++) log.write(seq, `{"seq":${seq}}`);
      return counted;
    });
    expect(written).toEqual(Array.from({ length: 1000 }, () => 1));
  });

  test("a snapshot in as many rows as it needs, the one before overwritten", async () => {
    const object = await created("snapshot");
    const written = await runInDurableObject(object, (_, state) => {
      const { sql } = state.storage;
      let rows = 0;
      const counting = {
        exec: (...args: Parameters<SqlStorage["exec"]>) => {
          const cursor = sql.exec(...args);
          rows += cursor.rowsWritten;
          return cursor;
        },
      } as SqlStorage;
      const log = new CommitLog({ sql: counting, transactionSync: (body) => state.storage.transactionSync(body) });
      return ["first", "second", "x".repeat(1_500_000), "last"].map((snapshot) => {
        rows = 0;
        log.keepSnapshot(snapshot);
        expect(log.snapshot()).toBe(snapshot);
        return rows;
      });
    });
    // The last one is written over the first of three parts, and the other two are removed.
    expect(written).toEqual([1, 1, 3, 3]);
  });

  test("what the first version of perdure stored: a row without a number is older than every other", async () => {
    const object = await created("format-1", { status: "RUNNING" });
    const { seq: _, ...old } = rowOf("format-1", { status: "RUNNING" });
    await runInDurableObject(object, (_, { storage }) => {
      storage.kv.put("record", { ...storage.kv.get<object>("record"), row: old });
    });
    await abortAllDurableObjects();
    const again = objectOf("format-1");
    expect(await again.read(old.id, 1, { incarnation: old.incarnation })).toEqual({ bodies: ["{}"] });
    const ended = rowOf("format-1", { seq: 0, status: "FAILED" });
    await again.putRow(ended);
    expect(await listed()).toEqual([ended]);
  });

  test("nothing, when it is asked for an execution that nobody started", async () => {
    const object = objectOf("nobody");
    expect(await object.read(`${scope}/nobody`, 1)).toBeUndefined();
    await object.remove(`${scope}/nobody`);
    await runInDurableObject(object, async (_, { storage }) => {
      expect(storage.sql.exec("SELECT name FROM sqlite_master").toArray()).toEqual([]);
      expect(await storage.getAlarm()).toBeNull();
    });
  });

  test("nothing, once its execution was removed and the directory knows", async () => {
    const object = await created("removed");
    await object.schedule(Date.now() + 60_000);
    await object.cancel();
    await object.remove(`${scope}/removed`);
    await runInDurableObject(object, async (_, { storage }) => {
      expect(storage.sql.exec("SELECT name FROM sqlite_master").toArray()).toEqual([]);
      expect(await storage.getAlarm()).toBeNull();
    });
    expect(await listed()).toEqual([]);
  });
});

describe("the outbox of an object", () => {
  test("tells the directory after a failure and a crash, by its alarm", async () => {
    hooks.isDirectoryDown = true;
    const object = await created("unheard", { status: "RUNNING" });
    expect(await listed()).toEqual([]);
    const alarm = await alarmOf(object);
    expect(alarm).toBeGreaterThan(Date.now());
    expect(alarm).toBeLessThanOrEqual(Date.now() + 20_000);
    await abortAllDurableObjects();
    hooks.isDirectoryDown = false;
    await runDurableObjectAlarm(objectOf("unheard"));
    await runInDurableObject(objectOf("unheard"), ({ life }) => life.idle());
    expect(await listed()).toEqual([rowOf("unheard", { status: "RUNNING" })]);
  });

  test("tells the newest state only, however much has changed meanwhile", async () => {
    hooks.isDirectoryDown = true;
    const object = await created("changing", { status: "RUNNING" });
    await object.putRow(rowOf("changing", { status: "RUNNING", halted: true }));
    await object.putRow(rowOf("changing", { status: "FAILED", endedAt: 9 }));
    hooks.isDirectoryDown = false;
    await runDurableObjectAlarm(object);
    await runInDurableObject(object, ({ life }) => life.idle());
    expect(await listed()).toEqual([rowOf("changing", { status: "FAILED", endedAt: 9 })]);
  });

  test("takes a removed execution off the directory, and shows the next one of its name", async () => {
    const object = await created("again", { startedAt: 10 });
    hooks.isDirectoryDown = true;
    await object.remove(`${scope}/again`);
    expect(await object.read(`${scope}/again`, 1)).toBeUndefined();
    await object.create(rowOf("again", { startedAt: 20, incarnation: "j" }), "{}");
    await object.remove(`${scope}/again`);
    await object.create(rowOf("again", { startedAt: 30, incarnation: "k" }), "third");
    hooks.isDirectoryDown = false;
    await runDurableObjectAlarm(object);
    await runInDurableObject(object, ({ life }) => life.idle());
    expect(await listed()).toEqual([rowOf("again", { startedAt: 30, incarnation: "k" })]);
    expect(await object.read(`${scope}/again`, 1)).toEqual({ bodies: ["third"] });
  });

  test("forgets a removed execution even if it dies before the directory has heard of it", async () => {
    const object = await created("going");
    hooks.isDirectoryDown = true;
    await object.remove(`${scope}/going`);
    await abortAllDurableObjects();
    hooks.isDirectoryDown = false;
    const again = objectOf("going");
    await runDurableObjectAlarm(again);
    await runInDurableObject(again, async ({ life }, { storage }) => {
      await life.idle();
      expect(storage.sql.exec("SELECT name FROM sqlite_master").toArray()).toEqual([]);
    });
    expect(await listed()).toEqual([]);
    expect(woken).toEqual([]);
  });
});
