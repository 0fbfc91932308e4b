/**
 * Wakes that are further away than a message can be delayed: one-time schedules of EventBridge Scheduler, each of which
 * sends one message to the queue and goes.
 *
 * A schedule fires within the minute that its time is in, so it is set a minute early and its message has the rest as its
 * delay. Its name follows from the execution and the time: ordered twice it is there once, and deleted twice it is gone.
 */

import type { SchedulerClient } from "@aws-sdk/client-scheduler";
import { encodeWake, messageGroup, type Wake } from "./wake-message.ts";

/** The group of the schedules, and their role. */
export interface ScheduleSettings {
  /** The official client of EventBridge Scheduler. */
  readonly client: SchedulerClient;
  /** The ARN of the role that Scheduler sends messages to the queue as. */
  readonly roleArn: string;
  /** The schedule group, which exists; `perdure` by default. */
  readonly group?: string | undefined;
  /** The ARN of a queue for messages that Scheduler could not send; none by default. */
  readonly deadLetterArn?: string | undefined;
}

const GROUP = "perdure";
const MINUTE_MS = 60_000;
/** Of the function's name, for people who look at a list of schedules. */
const SHOWN = 20;
/** Of 64 characters, and enough not to meet twice. */
const HASH_DIGITS = 40;

export class WakeSchedules {
  readonly #settings: ScheduleSettings;
  readonly #queueUrl: string;

  constructor(settings: ScheduleSettings, queueUrl: string) {
    this.#settings = settings;
    this.#queueUrl = queueUrl;
  }

  /** Sets the wake of an incarnation, unless it is set. */
  async set(wake: Wake & { readonly at: number }, incarnation: string): Promise<void> {
    const { CreateScheduleCommand } = await import("@aws-sdk/client-scheduler");
    const { client, group = GROUP, roleArn, deadLetterArn } = this.#settings;
    const fires = Math.floor((wake.at - MINUTE_MS) / 1000);
    const input = {
      QueueUrl: this.#queueUrl,
      MessageBody: encodeWake(wake),
      DelaySeconds: Math.ceil(wake.at / 1000) - fires,
      MessageGroupId: messageGroup(wake.group),
    };
    const command = new CreateScheduleCommand({
      Name: await scheduleName(wake.id, wake.at, incarnation),
      GroupName: group,
      ScheduleExpression: `at(${new Date(fires * 1000).toISOString().slice(0, 19)})`,
      ScheduleExpressionTimezone: "UTC",
      FlexibleTimeWindow: { Mode: "OFF" },
      ActionAfterCompletion: "DELETE",
      Target: {
        Arn: `arn:${partitionOf(roleArn)}:scheduler:::aws-sdk:sqs:sendMessage`,
        RoleArn: roleArn,
        Input: JSON.stringify(input),
        ...(deadLetterArn === undefined ? {} : { DeadLetterConfig: { Arn: deadLetterArn } }),
      },
    });
    await unless("ConflictException", client.send(command));
  }

  /** Takes a wake back, if it is set. */
  async take(id: string, at: number, incarnation: string): Promise<void> {
    const { DeleteScheduleCommand } = await import("@aws-sdk/client-scheduler");
    const { client, group = GROUP } = this.#settings;
    const Name = await scheduleName(id, at, incarnation);
    await unless("ResourceNotFoundException", client.send(new DeleteScheduleCommand({ Name, GroupName: group })));
  }
}

async function scheduleName(id: string, at: number, incarnation: string): Promise<string> {
  const text = `${id}#${incarnation}#${Math.ceil(at / 1000)}`;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const hash = Buffer.from(digest).toString("hex").slice(0, HASH_DIGITS);
  return `${id.slice(0, Math.min(SHOWN, id.indexOf("/")))}-${hash}`;
}

function partitionOf(arn: string): string {
  return arn.split(":")[1] ?? "aws";
}

/** That name says that it is done already. */
async function unless(name: string, sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== name) throw error;
  }
}
