/**
 * The function that is called each minute: it wakes executions whose wake was lost, takes wakes out of the dead-letter
 * queue, and removes executions whose retention is over and leftovers of removals and starts. Each of these may be done
 * twice, and none depends on the others.
 */

import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { DynamoStore } from "../../adapters/dynamodb/dynamodb-store.ts";
import { decodeWake, groupOfId, type Wake } from "../../adapters/sqs/wake-message.ts";
import { CallRunner } from "./call-runner.ts";
import type { LambdaCallContext } from "./lambda-events.ts";
import type { QueueParts } from "./queue-handler.ts";

/** The report of one call of the sweeper. */
export interface SweepReport {
  /** Executions whose wake was missing, and was sent again. */
  woken: number;
  /** Executions whose retention was over. */
  expired: number;
  /** Wakes that were taken out of the dead-letter queue, and sent again. */
  redriven: number;
  /** Executions of which something had been left behind by a removal or a start that came to no end. */
  cleared: number;
}

export interface SweeperParts extends QueueParts {
  readonly store: DynamoStore;
  readonly sqs: SQSClient;
  readonly deadLetterQueue: string | undefined;
}

/** The most entries that one look at an index asks for. */
const PAGE = 400;
/** Executions that are removed at a time: each has its log read. */
const REMOVED_AT_ONCE = 10;
/** Calls to the dead-letter queue in one sweep, of ten messages each. */
const RECEIVES = 20;
/** The rest of a call's time, in ms, in which nothing more begins. */
const RESERVE_MS = 5000;

/** Sweeps until nothing is left to do, or the time is nearly over. */
export async function sweep(parts: SweeperParts, context: LambdaCallContext): Promise<SweepReport> {
  const reserve = Math.min(RESERVE_MS, context.getRemainingTimeInMillis() / 2);
  const hasTime = (): boolean => context.getRemainingTimeInMillis() > reserve;
  const woken = await each(parts, hasTime, () => wakeOverdue(parts));
  const redriven = await each(parts, hasTime, () => redrive(parts, hasTime));
  const expired = await each(parts, hasTime, () => removeExpired(parts, context));
  const cleared = await each(parts, hasTime, () => clearLeavings(parts, hasTime));
  return { woken, redriven, expired, cleared };
}

/** Reports the failure of a task, so that the other tasks still run. */
async function each({ settings }: SweeperParts, hasTime: () => boolean, task: () => Promise<number>): Promise<number> {
  try {
    return hasTime() ? await task() : 0;
  } catch (error) {
    settings.onError(undefined, error);
    return 0;
  }
}

async function wakeOverdue({ store, queue, host }: SweeperParts): Promise<number> {
  const now = host.now();
  const overdue = await store.due.overdue(now, PAGE);
  // First, so that it is found once, and again if this wake is lost too.
  const isMissing = await Promise.all(overdue.map((execution) => store.due.postpone(execution, now)));
  const missing = overdue.filter((_, at) => isMissing[at]);
  const wakes = await Promise.all(missing.map(({ id }) => wakeOf(store, id)));
  await queue.sendAll(wakes);
  return wakes.length;
}

/** At once. */
async function wakeOf({ due }: DynamoStore, id: string): Promise<Wake> {
  return { id, group: (await due.tenantOf(id)) ?? groupOfId(id) };
}

async function removeExpired(parts: SweeperParts, context: LambdaCallContext): Promise<number> {
  const rows = await parts.store.expired(parts.host.now(), PAGE);
  const call = new CallRunner(parts, context);
  let removed = 0;
  try {
    for (let at = 0; at < rows.length && !call.hasLeft; at += REMOVED_AT_ONCE) {
      const some = rows.slice(at, at + REMOVED_AT_ONCE);
      await call.look(some.map(({ id }) => id));
      removed += some.length;
    }
  } finally {
    call.close();
  }
  return removed;
}

/** One that fails keeps no other from being done, and is followed again. */
async function clearLeavings({ store, host, settings }: SweeperParts, hasTime: () => boolean): Promise<number> {
  const notes = await store.leavings(host.now(), PAGE);
  let cleared = 0;
  for (let at = 0; at < notes.length && hasTime(); at += REMOVED_AT_ONCE) {
    const some = notes.slice(at, at + REMOVED_AT_ONCE);
    const followed = await Promise.allSettled(some.map((note) => store.follow(note)));
    for (const result of followed)
      if (result.status === "rejected") settings.onError(undefined, result.reason);
      else if (result.value) cleared++;
  }
  return cleared;
}

async function redrive({ sqs, store, queue, deadLetterQueue }: SweeperParts, hasTime: () => boolean): Promise<number> {
  let redriven = 0;
  if (deadLetterQueue === undefined) return redriven;
  for (let receives = 0; receives < RECEIVES && hasTime(); receives++) {
    const command = new ReceiveMessageCommand({ QueueUrl: deadLetterQueue, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await sqs.send(command);
    if (Messages.length === 0) break;
    const read = Messages.flatMap((message) => readWake(message) ?? []);
    await queue.sendAll(await Promise.all(read.map(({ id }) => wakeOf(store, id))));
    await forget(
      sqs,
      deadLetterQueue,
      read.map(({ handle }) => handle),
    );
    redriven += read.length;
  }
  return redriven;
}

/** A message that is no wake stays in the queue, for a person to look at. */
function readWake({ Body = "", ReceiptHandle }: Message): { id: string; handle: string } | undefined {
  const wake = decodeWake(Body);
  if (wake === undefined || ReceiptHandle === undefined) return undefined;
  return { id: wake.id, handle: ReceiptHandle };
}

async function forget(sqs: SQSClient, url: string, handles: readonly string[]): Promise<void> {
  if (handles.length === 0) return;
  const Entries = handles.map((ReceiptHandle, at) => ({ Id: String(at), ReceiptHandle }));
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
}
