/** Items of an execution do not outlive it, wherever the process dies that removes or starts it. */

import { createHash } from "node:crypto";
import { type DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Dynalite } from "../../../scripts/local-aws/dynalite.ts";
import { LocalS3 } from "../../../scripts/local-aws/local-bucket.ts";
import { rowOf } from "../../testing/store-case.ts";
import { DynamoStore } from "./dynamodb-store.ts";

const Bucket = "texts";
const SLACK_MS = 1000;
const HOUR_MS = 3_600_000;
/** More requests than a removal or a start makes. */
const MOST_REQUESTS = 40;
let dynalite: Dynalite;
let s3: LocalS3;
let tables = 0;

beforeAll(async () => {
  dynalite = await Dynalite.start();
  s3 = await LocalS3.start();
  await s3.createBucket(Bucket);
});

afterAll(async () => {
  await dynalite.stop();
  await s3.stop();
});

type Kind = "table" | "bucket";
type Sent = () => Promise<unknown>;

/** Stands in the way of each request of one process. */
type Gate = (send: Sent, request: string) => Promise<unknown>;

/** Passes on what the gate lets through; both clients are called by nothing but `send`. */
function gated<C extends DynamoDBDocumentClient | S3Client>(client: C, gate: Gate): C {
  const asked = client as unknown as { send(command: object): Promise<unknown> };
  const send = (command: { constructor: { name: string } }): Promise<unknown> =>
    gate(() => asked.send(command), command.constructor.name);
  return { send } as unknown as C;
}

const open: Gate = (send) => send();

/** A process that dies around its n-th request: before it is sent, or before it hears of it. */
function dies(at: number, when: "BEFORE" | "AFTER"): { gate: Gate; hasDied: () => boolean } {
  let [requests, isDead] = [0, false];
  const gate: Gate = async (send) => {
    if (isDead) throw new Error("dead");
    isDead = ++requests === at;
    if (isDead && when === "AFTER") await send();
    if (isDead) throw new Error("dead");
    return send();
  };
  return { gate, hasDied: () => isDead };
}

class World {
  readonly table = `leavings-${tables++}`;
  readonly #kind: Kind;
  now = Date.now();

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  static async of(kind: Kind): Promise<World> {
    const world = new World(kind);
    await dynalite.createTable(world.table);
    return world;
  }

  process(gate: Gate = open): DynamoStore {
    const offload = { client: gated(s3.client, gate), bucket: Bucket, prefix: `${this.table}/`, aboveBytes: 0 };
    return new DynamoStore({
      client: gated(dynalite.client, gate),
      table: this.table,
      slackMs: SLACK_MS,
      now: () => this.now,
      ...(this.#kind === "bucket" && { offload }),
    });
  }

  /** One look of a sweeper, when what is due or noted by now is overdue: what it wakes is read. */
  async sweep(store = this.process()): Promise<void> {
    this.now += 2 * SLACK_MS;
    for (const { id } of await store.due.overdue(this.now, 100)) await store.read(id, 1);
    for (const note of await store.leavings(this.now, 100)) await store.follow(note);
  }

  /** The digests of the execution's commits. */
  async read(id: string): Promise<readonly string[] | undefined> {
    return (await this.process().read(id, 1))?.bodies.map(digest);
  }

  /** The keys of all that is left, functions aside. */
  async left(): Promise<readonly string[]> {
    const { Items = [] } = await dynalite.client.send(new ScanCommand({ TableName: this.table }));
    const keys = Items.map(({ pk, sk }) => `${pk} ${sk}`).filter((key) => !key.startsWith("#functions "));
    return [...keys, ...(await s3.keys(Bucket)).filter((key) => key.startsWith(`${this.table}/`))];
  }
}

/** Text that does not fit into one item, or into a head. */
function large(kind: Kind): string {
  const bytes = kind === "table" ? 400_000 : 5000;
  const random = Array.from({ length: Math.ceil(bytes / 50_000) }, () =>
    Buffer.from(crypto.getRandomValues(new Uint8Array(Math.min(bytes, 50_000)))).toString("hex"),
  );
  return random.join("");
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

const kinds = ["table", "bucket"] as const;
const points = kinds.flatMap((kind) => (["BEFORE", "AFTER"] as const).map((when) => [kind, when] as const));

describe("nothing is left", () => {
  test.each(points)("of an execution in the %s whose remover dies %s any request", async (kind, when) => {
    const body = large(kind);
    let requests = 0;
    for (let at = 1, isOver = false; !isOver && at < MOST_REQUESTS; at++) {
      const world = await World.of(kind);
      const row = rowOf("removed", "one");
      const store = world.process();
      await store.create(row, body);
      await store.append(row.id, 2, body, row.incarnation);
      await store.keepSnapshot(row.id, body, row.incarnation);
      const { gate, hasDied } = dies(at, when);
      await world
        .process(gate)
        .remove(row.id, row.incarnation)
        .catch(() => undefined);
      isOver = !hasDied();
      // Before its first request is done the execution is as it was.
      const isAsItWas = at === 1 && when === "BEFORE";
      for (let sweeps = 0; sweeps < 2; sweeps++) await world.sweep();
      const found = isAsItWas ? await world.read(row.id) : await world.left();
      expect(found, `request ${at}`).toEqual(isAsItWas ? [digest(body), digest(body)] : []);
      requests = at;
    }
    expect(requests).toBeGreaterThan(3);
  });

  test.each(points)(
    "of a start in the %s whose process dies %s any request, or all of it is there",
    async (kind, when) => {
      const body = large(kind);
      const outcomes = new Set<string>();
      for (let at = 1, isOver = false; !isOver && at < MOST_REQUESTS; at++) {
        const world = await World.of(kind);
        const row = rowOf("started", "one");
        const { gate, hasDied } = dies(at, when);
        await world
          .process(gate)
          .create(row, body)
          .catch(() => undefined);
        isOver = !hasDied();
        const before = await world.read(row.id);
        for (let sweeps = 0; sweeps < 2; sweeps++) await world.sweep();
        const page = await world.read(row.id);
        expect(page, `request ${at}`).toEqual(before);
        outcomes.add(page === undefined ? "nothing" : "everything");
        const beside = page === undefined ? world.left() : world.process().leavings(world.now + HOUR_MS, 100);
        expect([page ?? [digest(body)], await beside], `request ${at}`).toEqual([[digest(body)], []]);
      }
      expect(outcomes).toEqual(new Set(["nothing", "everything"]));
    },
  );

  test.each(kinds)(
    "of a large start in the %s that lost its name to another one, which keeps all it has",
    async (kind) => {
      const world = await World.of(kind);
      const [first, second] = [rowOf("contested", "one"), { ...rowOf("contested", "one"), incarnation: "another" }];
      const body = large(kind);
      expect(await world.process().create(first, body)).toBe("created");
      const before = await world.left();
      expect(await world.process().create(second, large(kind))).toBe("exists");
      expect(await world.left()).toEqual(before);
      for (let sweeps = 0; sweeps < 2; sweeps++) await world.sweep();
      expect(await world.left()).toEqual(before);
      expect(await world.read(first.id)).toEqual([digest(body)]);
    },
  );

  test("of a commit that lands after a sweeper has finished the removal, within the slack", async () => {
    const world = await World.of("table");
    const row = rowOf("late", "two");
    await world.process().create(row, "first");
    const writer = world.process();
    await writer.append(row.id, 2, "second", row.incarnation);
    const { gate } = dies(1, "AFTER");
    await expect(world.process(gate).remove(row.id, row.incarnation)).rejects.toThrow("dead");
    await world.sweep();
    await writer.append(row.id, 3, "third", row.incarnation);
    for (let sweeps = 0; sweeps < 2; sweeps++) await world.sweep();
    expect(await world.left()).toEqual([]);
  });

  test("of a commit that lands after the removal, within the slack", async () => {
    const world = await World.of("bucket");
    const row = rowOf("late", "one");
    await world.process().create(row, "first");
    const writer = world.process();
    await writer.append(row.id, 2, "second", row.incarnation);
    await world.process().remove(row.id, row.incarnation);
    await writer.append(row.id, 3, large("bucket"), row.incarnation);
    expect(await world.left()).not.toEqual([]);
    for (let sweeps = 0; sweeps < 2; sweeps++) await world.sweep();
    expect(await world.left()).toEqual([]);
  });

  test.each(kinds)(
    "of a start in the %s that thaws before any of its requests, once a sweeper has been there",
    async (kind) => {
      const body = large(kind);
      for (let at = 2, isOver = false; !isOver && at < MOST_REQUESTS; at++) {
        const world = await World.of(kind);
        const row = rowOf("thawed", "one");
        let requests = 0;
        const gate: Gate = async (send) => {
          if (++requests === at) for (let sweeps = 0; sweeps < 2; sweeps++) await world.sweep();
          return send();
        };
        const created = await world
          .process(gate)
          .create(row, body)
          .catch(() => "failed");
        isOver = requests < at;
        const page = await world.read(row.id);
        // A start that was acknowledged is found, and no half of a start is found.
        expect(page, `request ${at}`).toEqual(created === "created" ? [digest(body)] : undefined);
        for (let sweeps = 0; sweeps < 3; sweeps++) await world.sweep();
        expect(page ?? (await world.left()), `request ${at}`).toEqual(page ?? []);
      }
    },
  );

  test("of a large start that is to begin in a day, and whose process has died before its first commit", async () => {
    const world = await World.of("table");
    const row = { ...rowOf("scheduled", "one"), startedAt: world.now, startAt: world.now + 24 * HOUR_MS };
    const { gate } = dies(3, "BEFORE");
    await expect(world.process(gate).create(row, large("table"))).rejects.toThrow("dead");
    expect(await world.left()).not.toEqual([]);
    for (let sweeps = 0; sweeps < 2; sweeps++) await world.sweep();
    expect(await world.left()).toEqual([]);
  });

  test.each(kinds)("by two sweepers in the %s of which one stands still before any request", async (kind) => {
    for (let at = 1, isOver = false; !isOver && at < MOST_REQUESTS; at++) {
      const world = await World.of(kind);
      const row = rowOf("twice", "one");
      const dying = dies(6, "AFTER");
      await world
        .process(dying.gate)
        .create(row, large(kind))
        .catch(() => undefined);
      const next = { ...row, incarnation: "next" };
      await world.process().remove(row.id, row.incarnation);
      await world.process().create(next, "next");
      let requests = 0;
      const gate: Gate = async (send) => {
        if (++requests === at) for (let sweeps = 0; sweeps < 2; sweeps++) await world.sweep();
        return send();
      };
      await world.sweep(world.process(gate));
      isOver = requests < at;
      for (let sweeps = 0; sweeps < 2; sweeps++) await world.sweep();
      expect(await world.left(), `request ${at}`).toEqual([`${row.id} head`]);
    }
  });
});

describe("a large start", () => {
  test.each(kinds)("in the %s is seen whole by whoever reads it while it is on its way", async (kind) => {
    const body = large(kind);
    for (let at = 3, isOver = false; !isOver; at++) {
      const world = await World.of(kind);
      const row = rowOf("read", "one");
      let requests = 0;
      let reading: Promise<readonly string[] | undefined> | undefined;
      const gate: Gate = async (send) => {
        if (++requests === at) reading = world.read(row.id);
        return send();
      };
      expect(await world.process(gate).create(row, body)).toBe("created");
      isOver = reading === undefined;
      expect(await (reading ?? world.read(row.id)), `request ${at}`).toEqual([digest(body)]);
    }
  });

  test.each(kinds)("in the %s of which the client sends each request twice is there once", async (kind) => {
    const world = await World.of(kind);
    const row = rowOf("twice", "one");
    const body = large(kind);
    const twice: Gate = async (send) => {
      await send().catch(() => undefined);
      return send();
    };
    expect(await world.process(twice).create(row, body)).toBe("created");
    expect(await world.read(row.id)).toEqual([digest(body)]);
  });

  test("costs two requests more than a small one: the commit, and a look at its head", async () => {
    const world = await World.of("table");
    const sent: string[] = [];
    const store = world.process((send, request) => {
      sent.push(request);
      return send();
    });
    const ofBytes = (bytes: number): string => large("bucket").slice(0, bytes);
    await store.create(rowOf("counted", "one"), ofBytes(1000));
    sent.length = 0;
    await store.create(rowOf("counted", "two"), ofBytes(1000));
    expect(sent).toEqual(["PutCommand"]);
    await store.create(rowOf("counted", "three"), ofBytes(8000));
    expect(sent).toEqual(["PutCommand", "PutCommand", "PutCommand", "GetCommand"]);
  });
});

test("a small start and a commit write no note", async () => {
  const world = await World.of("table");
  const sent: string[] = [];
  const store = world.process((send, request) => {
    sent.push(request);
    return send();
  });
  const row = rowOf("small", "one");
  await store.create(row, "first");
  await store.append(row.id, 2, "second", row.incarnation);
  await store.append(row.id, 3, "third", row.incarnation);
  // The function is noted once.
  expect(sent).toEqual(["PutCommand", "PutCommand", "GetCommand", "PutCommand", "PutCommand"]);
});
