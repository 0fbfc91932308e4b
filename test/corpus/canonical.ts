/**
 * What must be the same on every home, of the log of an execution: its operations with what they came to, and the order
 * in which results reached user code. How facts share commits, times, random ids and stacks are a home's own.
 */

import { decodeCommit } from "../../src/engine/machine/commit-codec.ts";
import { fold } from "../../src/engine/machine/fold.ts";
import { emptyState } from "../../src/engine/machine/state.ts";
import type { Commit } from "../../src/engine/model/commit.ts";
import { checksum } from "../../src/engine/model/checksum.ts";
import type { Failure } from "../../src/engine/model/failure.ts";
import { type CallbackOperation, type Operation, placeOf } from "../../src/engine/model/operation.ts";
import { wireId } from "../../src/lambda-compat/wire-id.ts";

export interface CanonicalLog {
  readonly status: string;
  readonly result: string | null;
  readonly error: string | null;
  /** In the order of their ids: what they are, and what they came to. */
  readonly operations: readonly string[];
  /** In the order in which their results, and the ids of callbacks, reached user code; `end of` for contexts. */
  readonly deliveries: readonly string[];
}

/** Texts above this many characters are told by their length and checksum. */
const LONG = 200;

/**
 * `ids`: of the same workflow elsewhere. A function that runs natively on Lambda names its operations by a hash of their
 * position, which is only recognised among positions that are known.
 */
export function canonicalLog(bodies: readonly string[], ids: readonly string[] = []): CanonicalLog {
  const state = emptyState({ keepsAll: true });
  const commits = bodies.map(decodeCommit);
  for (const commit of commits) fold(state, commit);
  const positions = new Map(ids.map((id) => [wireId(id), id]));
  const nameOf = (id: string): string => positions.get(id) ?? id;
  const operations = [...state.operations.values()];
  const told = operations.map((operation) => ({
    id: nameOf(operation.id),
    text: textOf(operation, { nameOf, commits }),
  }));
  told.sort((a, b) => compareIds(a.id, b.id));
  const { status, result, error } = state.header;
  return {
    status,
    result: shown(result),
    error: failureOf(error),
    operations: told.map(({ id, text }) => `${id} ${text}`),
    deliveries: deliveriesOf(operations, nameOf),
  };
}

/** The positions in a canonical log. */
export function idsIn({ operations }: CanonicalLog): string[] {
  return operations.map((operation) => operation.split(" ", 1)[0] ?? "");
}

interface Log {
  readonly nameOf: (id: string) => string;
  readonly commits: readonly Commit[];
}

function textOf(operation: Operation, { nameOf, commits }: Log): string {
  const { type, subType, parentId, name, status, result, error } = operation;
  const parts: (string | null | undefined)[] = [
    type === "CONTEXT" || type === "STEP" ? subType : type,
    name === undefined ? "unnamed" : JSON.stringify(name),
    parentId === undefined ? "in the root" : `in ${nameOf(parentId)}`,
    status,
    ...particulars(operation, commits),
    result === undefined ? undefined : `result ${shown(result)}`,
    error === undefined ? undefined : `error ${failureOf(error)}`,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}

function particulars(operation: Operation, commits: readonly Commit[]): readonly string[] {
  if (operation.type === "STEP") return [`attempt ${operation.attempt}`];
  if (operation.type === "WAIT") return [`${operation.waitSeconds} s`];
  if (operation.type === "CALLBACK") return callbackParticulars(operation, commits);
  if (operation.type === "CHAINED_INVOKE")
    return [`of ${operation.functionName}`, `input ${operation.input ?? "none"}`];
  return operation.replayChildren === true ? ["built anew"] : [];
}

function callbackParticulars(callback: CallbackOperation, commits: readonly Commit[]): readonly string[] {
  const { id, timeoutSeconds, heartbeatTimeoutSeconds } = callback;
  const timeout = `timeout ${timeoutSeconds ?? "none"}`;
  if (heartbeatTimeoutSeconds === undefined) return [timeout];
  const heard = commits.flatMap(({ facts }) => facts).filter((fact) => fact.kind === "HEARTBEAT" && fact.id === id);
  return [timeout, `heartbeat timeout ${heartbeatTimeoutSeconds}`, `heartbeats ${heard.length}`];
}

function deliveriesOf(operations: readonly Operation[], nameOf: (id: string) => string): string[] {
  const places: { place: number; number: number; what: string }[] = [];
  for (const operation of operations) {
    const { type, delivery, opened } = operation;
    const id = nameOf(operation.id);
    const place = placeOf(operation);
    if (opened !== undefined) places.push({ place: opened, number: opened, what: `id of ${id}` });
    if (delivery === undefined || place === undefined) continue;
    places.push({ place, number: delivery, what: type === "CONTEXT" ? `end of ${id}` : id });
  }
  places.sort((a, b) => a.place - b.place || a.number - b.number);
  return places.map(({ what }) => what);
}

function shown(payload: string | undefined): string | null {
  if (payload === undefined) return null;
  const text = withoutStacks(payload);
  return text.length > LONG ? `${text.length} characters, checksum ${checksum(text)}` : text;
}

/** The stacks of errors inside a payload name places in files. */
function withoutStacks(payload: string): string {
  if (!/"stack(Trace)?":/.test(payload)) return payload;
  const isStack = (key: string): boolean => key === "stack" || key === "stackTrace";
  return JSON.stringify(JSON.parse(payload), (key, value: unknown) => (isStack(key) ? undefined : value));
}

function failureOf(error: Failure | undefined): string | null {
  if (error === undefined) return null;
  const { errorType, errorMessage, errorData } = error;
  return [errorType, errorMessage, errorData].map((part) => part ?? "nothing").join(" | ");
}

/** By their numbers, a context before what is in it. */
function compareIds(a: string, b: string): number {
  const [left, right] = [a.split("-").map(Number), b.split("-").map(Number)];
  for (let depth = 0; depth < Math.min(left.length, right.length); depth++) {
    const difference = (left[depth] as number) - (right[depth] as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
