/**
 * The starting of executions by a schedule: by the host that runs it, by the Lambda API, or by a function that it was
 * given.
 */

import { importLambdaClient } from "#lambda-client";
import { ClientError, ClientErrorCode } from "../engine/runner/client.ts";
import { starterOf } from "../lambda-compat/starter.ts";
import type { DurableContext } from "../lambda-compat/types.ts";

/** An execution that a schedule starts. */
export interface ScheduledStart {
  /** The function's name, or its ARN where Lambda itself runs the schedule. */
  readonly functionName: string;
  /** The execution's name, which follows from the slot. */
  readonly name: string;
  /** The event as JSON text; absent for none. */
  readonly input?: string;
  /** When it is to begin, ms since the epoch; absent for at once. What has no place for it may leave it out. */
  readonly startAt?: number;
  /** The tags of the execution. A starter without a place for them may leave them out. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Starts an execution. Answers `{ isOver: true }` where it knows that the execution of the name has ended already. */
export type StartScheduled = (start: ScheduledStart) => Promise<{ readonly isOver: boolean } | undefined>;

/** The starter for a schedule that this context belongs to. */
export function startWithContext(context: DurableContext): StartScheduled {
  const starter = starterOf(context);
  if (starter === undefined) return startWithLambda;
  return async (request) => {
    const { execution, created } = await starter.client.start(request);
    return { isOver: !created && execution.status !== "RUNNING" };
  };
}

/** True if an execution of the name was started otherwise: with another event, or in another version. */
export function isStartedAlready(error: unknown): boolean {
  if (error instanceof ClientError) return error.code === ClientErrorCode.ALREADY_STARTED;
  return error instanceof Error && error.name === ClientErrorCode.ALREADY_STARTED;
}

interface LambdaModule {
  readonly LambdaClient: new (config: object) => { send(command: object): Promise<unknown> };
  readonly InvokeCommand: new (input: object) => object;
}

/** AWS's Invoke has no place for a time or for tags: the schedule waits by itself. */
const startWithLambda: StartScheduled = async ({ functionName, name, input }) => {
  const { LambdaClient, InvokeCommand } = (await importLambdaClient()) as LambdaModule;
  const Payload = input === undefined ? {} : { Payload: new TextEncoder().encode(input) };
  const command = { FunctionName: functionName, InvocationType: "Event", DurableExecutionName: name, ...Payload };
  await new LambdaClient({}).send(new InvokeCommand(command));
  return undefined;
};
