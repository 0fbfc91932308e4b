import { DurableObject } from "cloudflare:workers";
import { DirectoryShards, type DirectoryRpc } from "../../../src/adapters/durable-objects/directory-shards.ts";
import { ObjectLife } from "../../../src/adapters/durable-objects/object-life.ts";
import type { ObjectNamespace } from "../../../src/adapters/durable-objects/object-namespace.ts";
import type { AlarmOrder } from "../../../src/engine/ports/alarm.ts";
import type { DirectoryRow, LogPage, ReadOptions } from "../../../src/engine/ports/execution-store.ts";

export const SHARDS = 3;

interface Env {
  readonly DIRECTORY: ObjectNamespace<DirectoryRpc>;
}

interface Hooks {
  wake: (executionId: string, object: StoreObject) => Promise<void>;
  /** Nobody can reach the directory. */
  isDirectoryDown: boolean;
}

/** What tests do inside the objects: they share an isolate with them. */
export const hooks: Hooks = { wake: async () => {}, isDirectoryDown: false };

/** An order for the executions of these tests. */
export const ORDER: AlarmOrder = { incarnation: "i", seq: 1 };

/** An execution object without a runner: what the adapter alone promises, reachable from outside. */
export class StoreObject extends DurableObject<Env> {
  readonly faults: unknown[] = [];
  readonly life: ObjectLife = new ObjectLife({
    state: this.ctx,
    directory: new DirectoryShards(breakable(this.env.DIRECTORY), SHARDS),
    now: Date.now,
    wake: (id) => hooks.wake(id, this),
    onFault: (error) => this.faults.push(error),
  });

  override async alarm(info?: AlarmInvocationInfo): Promise<void> {
    await this.life.onAlarm(info);
  }

  async create(row: DirectoryRow, body: string): Promise<"created" | "exists"> {
    await this.life.ready();
    const created = this.life.store.create(row, body);
    await this.life.idle();
    return created;
  }

  async append(id: string, seq: number, body: string, incarnation: string): Promise<"appended" | "taken" | "gone"> {
    await this.life.ready();
    return this.life.store.append(id, seq, body, incarnation);
  }

  async read(id: string, from: number, options?: ReadOptions): Promise<LogPage | undefined> {
    await this.life.ready();
    return this.life.store.read(id, from, options);
  }

  async keepSnapshot(id: string, snapshot: string, incarnation: string): Promise<void> {
    await this.life.ready();
    this.life.store.keepSnapshot(id, snapshot, incarnation);
  }

  async snapshot(id: string, incarnation: string): Promise<string | undefined> {
    await this.life.ready();
    return this.life.store.snapshot(id, incarnation);
  }

  async putRow(row: DirectoryRow): Promise<void> {
    await this.life.ready();
    this.life.store.putRow(row);
    await this.life.idle();
  }

  async remove(id: string, incarnation?: string): Promise<void> {
    await this.life.ready();
    this.life.store.remove(id, incarnation);
    await this.life.idle();
  }

  async schedule(at: number, order: AlarmOrder = ORDER): Promise<void> {
    await this.life.ready();
    await this.life.alarm.schedule("", at, order);
  }

  async cancel(order: AlarmOrder = ORDER): Promise<void> {
    await this.life.ready();
    await this.life.alarm.cancel("", order);
  }
}

function breakable(directory: ObjectNamespace<DirectoryRpc>): ObjectNamespace<DirectoryRpc> {
  return {
    idFromName: (name) => directory.idFromName(name),
    get(id) {
      if (hooks.isDirectoryDown) throw new Error("the directory is down");
      return directory.get(id);
    },
  };
}
