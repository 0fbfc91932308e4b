import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Dynalite } from "../../../scripts/local-aws/dynalite.ts";
import { LocalSqs } from "../../../scripts/local-aws/local-queue.ts";
import { LocalScheduler } from "../../../scripts/local-aws/local-scheduler.ts";
import type { DirectoryRow } from "../../engine/ports/execution-store.ts";
import { ALARM_INCARNATION, alarmContract, type AlarmSubject, type Wake } from "../../testing/alarm-contract.ts";
import { applicable, type ContractException } from "../../testing/contract.ts";
import { rowOf } from "../../testing/store-case.ts";
import { DynamoStore } from "../dynamodb/dynamodb-store.ts";
import { QueueAlarm } from "./queue-alarm.ts";
import { decodeWake } from "./wake-message.ts";
import { WakeQueue } from "./wake-queue.ts";
import { WakeSchedules } from "./wake-schedules.ts";

const table = "alarms";
let dynalite: Dynalite;
let sqs: LocalSqs;
let scheduler: LocalScheduler;
let queues = 0;

beforeAll(async () => {
  dynalite = await Dynalite.start();
  await dynalite.createTable(table);
  sqs = await LocalSqs.start();
  scheduler = await LocalScheduler.start({ sqs: sqs.client });
});

afterAll(async () => {
  await scheduler.stop();
  await sqs.stop();
  await dynalite.stop();
});

const hour = 3_600_000;
const roleArn = "arn:aws:iam::000000000000:role/schedules";

interface Opened {
  readonly alarm: QueueAlarm;
  readonly url: string;
  readonly schedules: WakeSchedules;
  /** The id of an execution that is there, by its name. */
  readonly execution: (name: string) => Promise<string>;
}

/** A process with a queue that nobody else has. */
async function open(before?: Opened): Promise<Opened> {
  const { url } = before ?? (await sqs.createQueue(`alarm-${queues++}`, { visibilitySeconds: 1, maxReceiveCount: 99 }));
  const functionName = url.split("/").at(-1) ?? "";
  const store = new DynamoStore({ client: dynalite.client, table });
  const queue = new WakeQueue(sqs.client, url, Date.now);
  const schedules = new WakeSchedules({ client: scheduler.client, roleArn }, url);
  const alarm = new QueueAlarm({ queue, schedules, expected: store.due, now: Date.now, onError: fail });
  const execution = async (name: string): Promise<string> => {
    const row: DirectoryRow = { ...rowOf(functionName, name), startedAt: Date.now(), incarnation: ALARM_INCARNATION };
    await store.create(row, "first");
    return row.id;
  };
  return { alarm, url, schedules, execution };
}

function fail(_: string, error: unknown): never {
  throw error;
}

const subject: AlarmSubject = {
  async open(wake) {
    let opened = await open();
    const polling = new Polling(() => opened, wake);
    return {
      alarm: {
        schedule: async (name, at, order) => opened.alarm.schedule(await opened.execution(name), at, order),
        cancel: async (name, order) => opened.alarm.cancel(await opened.execution(name), order),
      },
      now: Date.now,
      pass: (at) => sleep(Math.max(0, at - Date.now())),
      async restart(downMs) {
        opened = await open(opened);
        await sleep(downMs);
      },
      close: () => polling.stop(),
    };
  },
};

/** Does with messages what the home does. */
class Polling {
  readonly #opened: () => Opened;
  readonly #wake: Wake;
  readonly #ended: Promise<void>;
  #isStopped = false;

  constructor(opened: () => Opened, wake: Wake) {
    this.#opened = opened;
    this.#wake = wake;
    this.#ended = this.#poll();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#ended;
  }

  async #poll(): Promise<void> {
    while (!this.#isStopped) {
      const { alarm, url } = this.#opened();
      for (const message of await sqs.receive(url, 1)) {
        const { id = "", at } = decodeWake(message.Body ?? "") ?? {};
        alarm.arrived(id, at);
        try {
          await this.#wake(id.slice(id.indexOf("/") + 1));
          await sqs.delete(url, [message]);
        } catch {
          // It comes again once it is visible.
        }
      }
    }
  }
}

const exceptions: readonly ContractException[] = [
  "takes the newest time: a later one",
  "wakes nobody after a cancel",
  "remembers a cancel and the newest time across a restart",
].map((name) => ({ name, reason: "A queue keeps every message; the wake is a hint, and finds nothing due." }));

describe("the alarm's contract, on a queue", () => {
  for (const { name, run } of applicable(alarmContract, exceptions)) test.concurrent(name, () => run(subject));
});

const order = (seq: number): { incarnation: string; seq: number } => ({ incarnation: ALARM_INCARNATION, seq });

test("a wake that a delay reaches is one message, however often and from wherever it is ordered", async () => {
  const opened = await open();
  const [id, other] = [await opened.execution("near"), await open(opened)];
  const at = Date.now() + 600_000;
  await opened.alarm.schedule(id, at, order(3));
  await opened.alarm.schedule(id, at, order(4));
  await other.alarm.schedule(id, at, order(4));
  await opened.alarm.schedule(id, at + 1000, order(5));
  expect(await sqs.size(opened.url)).toBe(1);
});

test("a wake that no delay reaches is one schedule, however often and from wherever it is ordered", async () => {
  const opened = await open();
  const [id, other] = [await opened.execution("far"), await open(opened)];
  const at = Date.now() + hour;
  await opened.alarm.schedule(id, at, order(3));
  await other.alarm.schedule(id, at, order(3));
  await opened.schedules.set({ id, at, group: "far" }, ALARM_INCARNATION);
  expect(await sqs.size(opened.url)).toBe(0);
  expect(schedulesOf(id)).toHaveLength(1);
  await opened.schedules.take(id, at, ALARM_INCARNATION);
  await opened.schedules.take(id, at, ALARM_INCARNATION);
  expect(schedulesOf(id)).toEqual([]);
});

test("a schedule whose wake is not wanted any more is deleted, by whichever process learns of that", async () => {
  const opened = await open();
  const [id, other] = [await opened.execution("moved"), await open(opened)];
  await opened.alarm.schedule(id, Date.now() + hour, order(3));
  const [first] = schedulesOf(id);
  await other.alarm.schedule(id, Date.now() + 2 * hour, order(4));
  expect(schedulesOf(id)).not.toContain(first);
  expect(schedulesOf(id)).toHaveLength(1);
  await opened.alarm.cancel(id, order(5));
  expect(schedulesOf(id)).toEqual([]);
});

test("an order that comes late and follows from fewer commits neither deletes a schedule nor sets one", async () => {
  const opened = await open();
  const [id, late] = [await opened.execution("late"), await open(opened)];
  await opened.alarm.schedule(id, Date.now() + hour, order(5));
  const standing = schedulesOf(id);
  await late.alarm.schedule(id, Date.now() + 2 * hour, order(4));
  await late.alarm.cancel(id, order(4));
  expect(schedulesOf(id)).toEqual(standing);
});

test("without schedules a wake that no delay reaches comes every 15 minutes, until it is its time", async () => {
  const opened = await open();
  const id = await opened.execution("unscheduled");
  const delays = delaysOf(opened.url);
  const store = new DynamoStore({ client: dynalite.client, table });
  let now = Date.now();
  const queue = new WakeQueue(sqs.client, opened.url, () => now);
  const alarm = new QueueAlarm({ queue, schedules: undefined, expected: store.due, now: () => now, onError: fail });
  const at = now + 2_000_000;
  for (let looks = 0; now < at; looks++) {
    await alarm.schedule(id, at, order(3));
    // Another one is to come: none is sent beside it.
    await alarm.schedule(id, at, order(3));
    now += 1000 * (delays[looks] ?? 0);
    alarm.arrived(id, at);
  }
  expect(delays).toEqual([900, 900, 200]);
  expect(schedulesOf(id)).toEqual([]);
});

/** The delay of each message from now on that is sent to a queue, in seconds. */
function delaysOf(url: string): readonly (number | undefined)[] {
  const delays: (number | undefined)[] = [];
  sqs.client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const { QueueUrl, DelaySeconds } = args.input as { QueueUrl?: string; DelaySeconds?: number };
        if (commandName === "SendMessageCommand" && QueueUrl === url) delays.push(DelaySeconds);
        return next(args);
      },
    { step: "initialize" },
  );
  return delays;
}

function schedulesOf(id: string): readonly string[] {
  return scheduler.names.filter((name) => name.startsWith(`${id.slice(0, id.indexOf("/"))}-`));
}
