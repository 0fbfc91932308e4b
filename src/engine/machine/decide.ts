/**
 * The machine: what follows from a command. Pure: it reads the state, the command, the time and the chance it is given,
 * changes none of them, and answers with facts for the log or with a refusal. Asked again after another writer's commit
 * was folded, it answers for the new state.
 */

import type { ExecutionEnded, ExecutionStarted, Fact, InvocationCompleted } from "../model/commit.ts";
import { HaltReason } from "../model/execution.ts";
import type { Failure } from "../model/failure.ts";
import { decideCheckpoint } from "./checkpoint.ts";
import type {
  Command,
  CompleteInvocation,
  Decision,
  DecisionEnvironment,
  InvocationOutput,
  MachineRejection,
  StartExecution,
} from "./command.ts";
import { NOTHING_CHANGES, rejected, RejectionCode } from "./command.ts";
import type { Draft } from "../model/draft.ts";
import { decideCallback } from "./kinds/callback.ts";
import { decideInvoke } from "./kinds/chained-invoke.ts";
import {
  checkDays,
  checkPayload,
  checkSeconds,
  checkStartTime,
  checkText,
  EXECUTION_NAME,
  FUNCTION_NAME,
  Limits,
  storedFailure,
  TENANT_ID,
  TRACE_HEADER,
  VERSION,
} from "./limits.ts";
import {
  decideFork,
  decideHalt,
  decideNotification,
  decidePause,
  decidePurge,
  decideRenewal,
  decideResume,
  decideRewind,
  decideStop,
} from "./outside.ts";
import { hasPending } from "./pending.ts";
import type { ExecutionState } from "./state.ts";
import { checkTags } from "./tags.ts";
import { decideTimers } from "./timers.ts";

/** The outcome of a command: facts to append, or a refusal by code that changes nothing. `state` is not changed. */
export function decide(state: ExecutionState, command: Command, env: DecisionEnvironment): Decision {
  if (command.type === "START_EXECUTION") return decideStart(state, command, env);
  if (state.seq === 0) return rejected(RejectionCode.NOT_FOUND, "Execution not found.");
  switch (command.type) {
    case "CHECKPOINT":
      return decideCheckpoint(state, command.updates, env);
    case "FIRE_TIMERS":
      return decideTimers(state, env.now);
    case "COMPLETE_CALLBACK":
      return decideCallback(state, command, env.now);
    case "COMPLETE_INVOKE":
      return decideInvoke(state, command);
    case "STOP":
      return decideStop(state, command);
    case "COMPLETE_INVOCATION":
      return decideInvocation(state, command, env.now);
    case "HALT":
      return decideHalt(state, command);
    case "RESUME":
      return decideResume(state, command);
    case "NOTIFY_PARENT":
      return decideNotification(state);
    case "RENEW":
      return decideRenewal(state);
    case "PAUSE":
      return decidePause(state, command);
    case "PURGE":
      return decidePurge(state);
    case "NOTE_FORK":
      return decideFork(state, command);
    case "REWIND":
      return decideRewind(state, command);
  }
}

function decideStart(state: ExecutionState, command: StartExecution, env: DecisionEnvironment): Decision {
  if (state.seq > 0) return startedAlready(state, command);
  const refused = checkStartExecution(command, env.now);
  if (refused !== undefined) return { rejected: refused };
  const fact: Draft<ExecutionStarted> = {
    kind: "EXECUTION_STARTED",
    name: command.name,
    incarnation: command.incarnation ?? env.randomId(),
    functionName: command.functionName,
    version: command.version,
    retentionDays: command.retentionDays,
  };
  if (command.input != null) fact.input = command.input;
  if (command.executionTimeoutSeconds != null) fact.executionTimeoutSeconds = command.executionTimeoutSeconds;
  if (command.parent != null) fact.parent = command.parent;
  if (command.tenantId != null) fact.tenantId = command.tenantId;
  if (command.traceHeader != null) fact.traceHeader = command.traceHeader;
  if (command.tags != null && Object.keys(command.tags).length > 0) fact.tags = { ...command.tags };
  if (command.startAt != null && command.startAt > env.now) fact.startAt = Math.ceil(command.startAt);
  if (command.fork === undefined) return { facts: [fact] };
  fact.forkedFrom = command.fork.from;
  if (command.fork.tags !== undefined) fact.tags = command.fork.tags;
  return { facts: [fact, { kind: "COPIED", commits: command.fork.commits }] };
}

/** Starting the same execution once more changes nothing; no other execution can have its name while it is retained. */
function startedAlready({ header }: ExecutionState, command: StartExecution): Decision {
  if (header.version === command.version && header.input === (command.input ?? undefined)) return NOTHING_CHANGES;
  const message = `An execution named ${header.name} exists already with another input or version.`;
  return rejected(RejectionCode.ALREADY_STARTED, message);
}

function checkStartExecution(command: StartExecution, now: number): MachineRejection | undefined {
  const { executionTimeoutSeconds: timeout, tenantId, traceHeader, tags, startAt } = command;
  return (
    checkText(command.functionName, FUNCTION_NAME) ??
    checkText(command.name, EXECUTION_NAME) ??
    checkText(command.version, VERSION) ??
    (tenantId == null ? undefined : checkText(tenantId, TENANT_ID)) ??
    (traceHeader == null ? undefined : checkText(traceHeader, TRACE_HEADER)) ??
    (timeout == null ? undefined : checkSeconds(timeout, "Execution timeout in seconds", 1)) ??
    checkDays(command.retentionDays) ??
    (tags == null ? undefined : checkTags(tags)) ??
    (startAt == null ? undefined : checkStartTime(startAt, now)) ??
    checkPayload(command.input, "Input")
  );
}

function decideInvocation(state: ExecutionState, command: CompleteInvocation, now: number): Decision {
  const { output } = command;
  const completed: Draft<InvocationCompleted> = {
    kind: "INVOCATION_COMPLETED",
    requestId: command.requestId,
    startedAt: command.startedAt,
  };
  if (output.status === "FAILED" || output.status === "FAULT") completed.error = storedFailure(output.error);
  if (state.header.status !== "RUNNING" || state.header.halt !== undefined) {
    return state.invocation.activeAt !== undefined ? { facts: [completed] } : NOTHING_CHANGES;
  }
  if (output.status === "FAULT") {
    if (state.invocation.failures + 1 >= Limits.FAULTS_IN_A_ROW) return { facts: haltedAfter(completed, output.error) };
    completed.retryAt = output.retryAt;
  }
  if (output.status === "PENDING" && hasUnseen(state, output)) completed.retryAt = now;
  const facts: Fact[] = [completed];
  const ended = completed.retryAt === undefined ? outcomeOf(state, output) : undefined;
  if (ended !== undefined) facts.push(ended);
  return { facts };
}

/** Too many faults in a row: an operator decides when the execution is invoked again. */
function haltedAfter(completed: InvocationCompleted, error: Failure): Fact[] {
  return [completed, { kind: "HALTED", reason: HaltReason.REPEATED_FAULTS, error: storedFailure(error) }];
}

/** True if a change came that the suspending invocation has not taken into account. */
function hasUnseen({ invocation }: ExecutionState, { again, seen }: InvocationOutput & { status: "PENDING" }): boolean {
  if (again === true) return true;
  return seen === undefined ? invocation.dueSince !== undefined : invocation.newsSeq > seen;
}

/** How the execution ends with this output of its invocation, if it does. */
function outcomeOf(state: ExecutionState, output: InvocationOutput): ExecutionEnded | undefined {
  switch (output.status) {
    case "SUCCEEDED": {
      const refused = checkPayload(output.result, "Result");
      if (refused !== undefined) return failed({ errorType: refused.code, errorMessage: refused.message });
      return output.result == null
        ? { kind: "EXECUTION_SUCCEEDED" }
        : { kind: "EXECUTION_SUCCEEDED", result: output.result };
    }
    case "FAILED":
      return failed(output.error);
    case "PENDING":
      return hasPending(state)
        ? undefined
        : failed({
            errorType: RejectionCode.INVALID_PARAMETER,
            errorMessage: "Cannot return PENDING status with no pending operations.",
          });
    case "FAULT":
      return undefined;
  }
}

function failed(error: Failure): ExecutionEnded {
  return { kind: "EXECUTION_FAILED", error: storedFailure(error) };
}
