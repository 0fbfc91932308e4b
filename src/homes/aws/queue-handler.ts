/** The function behind the queue: it runs executions. Every message is a hint to look at one; what is to be done the log says. */

import type { QueueAlarm } from "../../adapters/sqs/queue-alarm.ts";
import { decodeWake } from "../../adapters/sqs/wake-message.ts";
import type { WakeQueue } from "../../adapters/sqs/wake-queue.ts";
import { type CallParts, CallRunner } from "./call-runner.ts";
import type { LambdaCallContext, QueueEvent, QueueRecord, QueueResponse } from "./lambda-events.ts";

export interface QueueParts extends CallParts {
  readonly alarm: QueueAlarm;
  readonly queue: WakeQueue;
}

/** A message of the queue is no wake. It falls into the dead-letter queue, where it waits for a person. */
export class WakeMessageError extends Error {
  override readonly name = "WakeMessageError";
  /** Always NO_WAKE. */
  readonly code = "NO_WAKE";
}

/** By execution: the messages that are about it. */
type Wakes = ReadonlyMap<string, readonly QueueRecord[]>;

/** Looks at the executions of a batch, all at a time, and answers which messages are to come again. */
export async function handleQueue(
  parts: QueueParts,
  event: QueueEvent,
  context: LambdaCallContext,
): Promise<QueueResponse> {
  const failed: QueueRecord[] = [];
  const call = new CallRunner(parts, context);
  try {
    const wakes = readWakes(parts, event, (record) => failed.push(record));
    for (const [id, records] of wakes) {
      const group = records.map(({ attributes }) => attributes?.["MessageGroupId"]).find((each) => each !== undefined);
      if (group !== undefined) call.knowGroup(id, group);
    }
    const isAtRest = await call.look(wakes.keys());
    const isSent = !call.hasLeft || (isAtRest && (await sendOn(parts, call, wakes)));
    for (const [id, records] of wakes) {
      if (!isAtRest || !isSent || call.isUnordered(id)) for (const record of records) failed.push(record);
    }
  } finally {
    call.close();
  }
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

function readWakes({ alarm, settings }: QueueParts, event: QueueEvent, onNone: (record: QueueRecord) => void): Wakes {
  const wakes = new Map<string, QueueRecord[]>();
  for (const record of event.Records) {
    const wake = decodeWake(record.body);
    if (wake === undefined) {
      settings.onError(undefined, new WakeMessageError(`The message ${record.messageId} is no wake.`));
      onNone(record);
      continue;
    }
    alarm.arrived(wake.id, wake.at);
    wakes.set(wake.id, [...(wakes.get(wake.id) ?? []), record]);
  }
  return wakes;
}

/** Has what this call must leave go on in another one. */
async function sendOn({ queue, settings }: QueueParts, call: CallRunner, wakes: Wakes): Promise<boolean> {
  try {
    await queue.sendAll([...wakes.keys()].map((id) => ({ id, group: call.groupOf(id) })));
    return true;
  } catch (error) {
    settings.onError(undefined, error);
    return false;
  }
}
