/** Runs the corpus on a home, through nothing but its client, and gives the logs. */

import { decodeCommit } from "../../src/engine/machine/commit-codec.ts";
import { fold } from "../../src/engine/machine/fold.ts";
import { emptyState, type ExecutionState } from "../../src/engine/machine/state.ts";
import type { Operation } from "../../src/engine/model/operation.ts";
import type { ExecutionClient, InvokeOutcome } from "../../src/engine/runner/client.ts";
import { type Workflow, workflows } from "./workflows.ts";

/** By the name of the workflow: the texts of the commits. */
export type Logs = ReadonlyMap<string, readonly string[]>;

export async function runCorpus(client: ExecutionClient): Promise<Logs> {
  const logs = Object.entries(workflows).map(
    async ([name, workflow]) => [name, await runWorkflow(client, name, workflow)] as const,
  );
  return new Map(await Promise.all(logs));
}

/** Runs one workflow, registered as `functionName`, to its end. */
export async function runWorkflow(
  client: ExecutionClient,
  functionName: string,
  { answers = {}, cutOff = {} }: Workflow,
): Promise<readonly string[]> {
  const { execution } = await client.start({ functionName, input: "{}" });
  const bodies: string[] = [];
  const state = emptyState({ keepsAll: true });
  const answered = new Set<string>();
  for await (const { body } of client.watch(execution.id, 0)) {
    bodies.push(body);
    fold(state, decodeCommit(body));
    await cutOffInvokes(client, state, cutOff);
    for (const [callbackId, operationId] of state.callbacks) {
      const name = askedFor(state, operationId);
      const outcomes = name === undefined ? undefined : answers[name];
      if (outcomes === undefined || answered.has(callbackId)) continue;
      answered.add(callbackId);
      for (const outcome of outcomes) await client.completeCallback(callbackId, outcome);
    }
  }
  return bodies;
}

/** An invoke that has an outcome is told again to no avail. */
async function cutOffInvokes(
  client: ExecutionClient,
  { header, openInvokes, operations }: ExecutionState,
  cutOff: Readonly<Record<string, InvokeOutcome>>,
): Promise<void> {
  for (const operationId of openInvokes) {
    const outcome = cutOff[operations.get(operationId)?.name ?? ""];
    if (outcome !== undefined) await client.completeInvoke({ executionId: header.id, operationId }, outcome);
  }
}

/** The name of a callback that somebody was asked for; undefined before that. */
function askedFor(state: ExecutionState, operationId: string): string | undefined {
  const operations = [...state.operations.values()];
  const { name, parentId } = state.operations.get(operationId) as Operation;
  const isAsked = operations.some(
    (operation) =>
      operation.type === "STEP" &&
      operation.status === "SUCCEEDED" &&
      operation.parentId === parentId &&
      (name === undefined || operation.name === `ask ${name}`),
  );
  if (!isAsked) return undefined;
  return name ?? (parentId === undefined ? undefined : state.operations.get(parentId)?.name);
}
