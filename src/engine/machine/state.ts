import type { ExecutionHeader } from "../model/execution.ts";
import { ExecutionStatus } from "../model/execution.ts";
import type { Operation } from "../model/operation.ts";
import { TimerHeap } from "./timer-heap.ts";

/** The state of an execution's invocations. */
export interface InvocationState {
  /**
   * Since when changes have waited for an invocation to see them, and none has written, ms since the epoch. Undefined
   * if no change waits.
   */
  dueSince: number | undefined;
  /** The number of the newest commit from outside that an invocation has to see; 0 for none. */
  newsSeq: number;
  /** The highest delivery number that an invocation has been told of. */
  heard: number;
  /**
   * When the invocation last wrote whose end is not recorded, ms since the epoch: it runs, or its process is gone.
   * Undefined if none is under way.
   */
  activeAt: number | undefined;
  /** Faults since an invocation has recorded any progress. */
  failures: number;
  /** When to invoke again after a fault, or at once after changes the last invocation did not see. */
  retryAt: number | undefined;
}

/**
 * An execution as its log has made it. Only `fold` changes it, in place; operations and the header are replaced, never
 * changed, so references to them stay what they were.
 */
export interface ExecutionState {
  /** The execution apart from its operations; with an empty id before the first commit. */
  header: ExecutionHeader;
  /** The number of the last commit; 0 for an execution that does not exist yet. */
  seq: number;
  /** The number of the commit that last changed the directory row: the start, a halt, a resume or the end. */
  rowSeq: number;
  /** The owner who wrote last. */
  owner: string | undefined;
  /** In the order in which they were first recorded. */
  readonly operations: Map<string, Operation>;
  /** The highest delivery number given out. */
  deliveries: number;
  /** The state of the execution's invocations. */
  readonly invocation: InvocationState;
  /** Ids of chained invokes without an outcome, in contexts that are open. */
  readonly openInvokes: Set<string>;
  /** Open callbacks: callback id to operation id. */
  readonly callbacks: Map<string, string>;
  /** Callbacks that have their outcome, or whose context has closed without it. */
  readonly closedCallbacks: Set<string>;
  /** When open waits, retries and callbacks are due. */
  readonly timers: TimerHeap;
  /** The ids of the operations recorded directly inside each context. */
  readonly children: Map<string, string[]>;
  /** Contexts without an outcome inside a context that has one. */
  readonly abandoned: Set<string>;
  /** Ids of operations that are no longer kept: an id is used once. */
  readonly forgotten: Set<string>;
  /** See `StateOptions`. */
  readonly keepsAll: boolean;
}

export interface StateOptions {
  /**
   * Keeps the operations inside completed contexts. By default they are dropped, since no replay reads them; views that
   * show every operation keep them.
   */
  readonly keepsAll?: boolean;
}

const NOTHING: ExecutionHeader = {
  id: "",
  name: "",
  incarnation: "",
  functionName: "",
  version: "",
  status: ExecutionStatus.RUNNING,
  startedAt: 0,
  retentionDays: 0,
};

/** The state before the first commit. */
export function emptyState(options: StateOptions = {}): ExecutionState {
  return {
    header: NOTHING,
    seq: 0,
    rowSeq: 0,
    owner: undefined,
    operations: new Map(),
    deliveries: 0,
    invocation: { dueSince: undefined, newsSeq: 0, heard: 0, activeAt: undefined, failures: 0, retryAt: undefined },
    openInvokes: new Set(),
    callbacks: new Map(),
    closedCallbacks: new Set(),
    timers: new TimerHeap(),
    children: new Map(),
    abandoned: new Set(),
    forgotten: new Set(),
    keepsAll: options.keepsAll ?? false,
  };
}
