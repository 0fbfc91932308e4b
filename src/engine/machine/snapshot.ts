/**
 * A state as text, so that a long log need not be folded from its start. The text is kept in a cache that may be
 * damaged, so it names its log and its last commit, and carries checksums. A snapshot is used only if all of that is
 * right; otherwise the log is read from its start.
 *
 * A change to the format of the text, or to the state that `fold` makes of a log, raises `SNAPSHOT_VERSION`.
 */

import { checksum } from "../model/checksum.ts";
import { LOG_FORMAT_VERSION } from "../model/commit.ts";
import { packOperations, type OperationTables, unpackOperations } from "./operation-tables.ts";
import type { ExecutionState } from "./state.ts";
import { TimerHeap, type TimerHeapData } from "./timer-heap.ts";

/** The version of the text; no other version is read. */
export const SNAPSHOT_VERSION = 3;

/** A snapshot that was read, not compared with its log yet. */
export interface Snapshot {
  readonly state: ExecutionState;
  /** True for the text of the last commit that the state was folded from. */
  follows(body: string): boolean;
}

/** The line before that of the state. */
type Head = readonly [
  version: number,
  logVersion: number,
  incarnation: string,
  /** The number of the last commit. */
  seq: number,
  /** The checksum of the last commit's text. */
  body: number,
  /** The checksum of the line that follows. */
  state: number,
];

/** `lastBody` is the text of the commit with the number `state.seq`. The state must not keep all (`StateOptions`). */
export function encodeSnapshot(state: ExecutionState, lastBody: string): string {
  const text = JSON.stringify(toData(state));
  const { seq, header } = state;
  const head: Head = [
    SNAPSHOT_VERSION,
    LOG_FORMAT_VERSION,
    header.incarnation,
    seq,
    checksum(lastBody),
    checksum(text),
  ];
  return `${JSON.stringify(head)}\n${text}`;
}

/** The snapshot, if the text is one of this incarnation, whole, and of this version. */
export function decodeSnapshot(text: string, incarnation: string): Snapshot | undefined {
  const end = text.indexOf("\n");
  try {
    const [version, logVersion, ofIncarnation, seq, body, sum] = JSON.parse(text.slice(0, end)) as Head;
    const isKnown = version === SNAPSHOT_VERSION && logVersion === LOG_FORMAT_VERSION;
    if (!isKnown || ofIncarnation !== incarnation || checksum(text, end + 1) !== sum) return undefined;
    const state = fromData(JSON.parse(text.slice(end + 1)) as StateData);
    const isOfItsHead = state.seq === seq && state.header.incarnation === incarnation;
    return isOfItsHead ? { state, follows: (lastBody) => checksum(lastBody) === body } : undefined;
  } catch {
    // Whatever the damage, the log has everything.
    return undefined;
  }
}

/** Every field of a state has its place here, but one: a state that keeps all is for views, and those read the log. */
type Stored = { readonly [Field in Exclude<keyof ExecutionState, "keepsAll">]: unknown };

interface StateData extends Stored {
  readonly header: ExecutionState["header"];
  readonly seq: number;
  readonly rowSeq: number;
  readonly owner: string | undefined;
  readonly operations: OperationTables;
  readonly deliveries: number;
  readonly invocation: ExecutionState["invocation"];
  readonly openInvokes: readonly string[];
  readonly callbacks: readonly (readonly [callbackId: string, operationId: string])[];
  readonly closedCallbacks: readonly string[];
  readonly timers: TimerHeapData;
  readonly children: readonly (readonly [contextId: string, ids: string[]])[];
  readonly abandoned: readonly string[];
  readonly forgotten: readonly string[];
}

function toData(state: ExecutionState): StateData {
  const { header, seq, rowSeq, owner, deliveries, invocation } = state;
  return {
    ...{ header, seq, rowSeq, owner, deliveries, invocation },
    operations: packOperations(state.operations),
    openInvokes: [...state.openInvokes],
    callbacks: [...state.callbacks],
    closedCallbacks: [...state.closedCallbacks],
    timers: state.timers.data,
    children: [...state.children],
    abandoned: [...state.abandoned],
    forgotten: [...state.forgotten],
  };
}

function fromData(data: StateData): ExecutionState {
  const { header, seq, rowSeq, owner, deliveries, invocation } = data;
  const { dueSince, newsSeq, heard, activeAt, failures, retryAt } = invocation;
  return {
    ...{ header, seq, rowSeq, owner, deliveries },
    invocation: { dueSince, newsSeq, heard, activeAt, failures, retryAt },
    operations: unpackOperations(data.operations),
    openInvokes: new Set(data.openInvokes),
    callbacks: new Map(data.callbacks),
    closedCallbacks: new Set(data.closedCallbacks),
    timers: TimerHeap.from(data.timers),
    children: new Map(data.children),
    abandoned: new Set(data.abandoned),
    forgotten: new Set(data.forgotten),
    keepsAll: false,
  };
}
