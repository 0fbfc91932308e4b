/**
 * The view of an execution, made of nothing but its log. Commits are folded once, as they arrive; each operation keeps
 * the versions it went through, since the fold replaces operations and never changes them. The state at any point of
 * the log is then a look-up for the operations on the screen, however long the log is.
 */

import {
  type Commit,
  type CopiedCommit,
  type ExecutionHeader,
  type ExecutionState,
  type Fact,
  type Failure,
  ForeignLog,
  type HistoryEvent,
  HistoryReader,
  isSettled,
  type Operation,
} from "perdure/engine";
import { nameWithin, titleOf } from "./titles.ts";

/** An operation as a commit left it. */
interface Version {
  readonly seq: number;
  readonly operation: Operation;
}

/** A span of an operation's time in one state. Times are ms since the epoch; without an end it goes on. */
export interface Span {
  readonly kind: "work" | "pause" | "wait";
  readonly from: number;
  readonly fromSeq: number;
  to?: number;
  toSeq?: number;
  /** True for a span that ended with an error, whether or not another attempt followed. */
  hasFailed?: boolean;
  error?: Failure;
  /** The run of the code that began it died, and another one did it again. */
  wasCutOff?: boolean;
}

/** An operation through the whole log. */
export interface Track {
  readonly id: string;
  readonly parentId: string | undefined;
  /** The title of an operation in all views. */
  readonly title: string;
  /** 0 in the root. */
  readonly depth: number;
  readonly versions: Version[];
  readonly spans: Span[];
  readonly children: Track[];
  /** The number of the commit that took the execution back to before it. */
  goneSeq?: number;
  /** True for an operation whose outcome is from the execution that this one was forked from: nothing of it ran here. */
  readonly isCopied: boolean;
}

export interface LoggedEvent {
  readonly seq: number;
  readonly event: HistoryEvent;
}

/** A run of the handler, from the top. */
export interface InvocationSpan {
  /** 1 for the first. */
  readonly number: number;
  readonly owner: string;
  readonly firstSeq: number;
  readonly at: number;
  /** Operations that had their outcome before it began: it took them from the log. */
  readonly replayed: number;
}

/** A time in which it was paused. Times are ms since the epoch; without an end it still is. */
export interface Pause {
  readonly from: number;
  readonly fromSeq: number;
  to?: number;
  toSeq?: number;
}

export class ExecutionView {
  readonly bodies: string[] = [];
  readonly commits: Commit[] = [];
  readonly events: LoggedEvent[] = [];
  readonly invocations: InvocationSpan[] = [];
  readonly pauses: Pause[] = [];
  /** The log is checked as it is read: it comes from storage, a file or the network, and anybody may have written it. */
  readonly #log = new ForeignLog({ anyCallbackId: true, keepsAll: true });
  readonly #history = new HistoryReader();
  readonly #tracks = new Map<string, Track>();
  readonly #roots: Track[] = [];
  readonly #headers: ExecutionHeader[] = [];
  readonly #unsettled = new Set<Track>();
  /** The number of operations that had an outcome, as of each commit. */
  readonly #settled: number[] = [];
  #order: readonly Track[] | undefined;
  #beganAt = Number.POSITIVE_INFINITY;

  /** Adds the next commit of the log. Throws for one with anything in it that no execution has. */
  add(body: string): void {
    const { owner, deliveries } = this.#state;
    const { commit, changed } = this.#log.add(body);
    if (commit.owner !== undefined && commit.owner !== owner) this.#beginInvocation(commit, deliveries);
    this.bodies.push(body);
    this.commits.push(commit);
    this.#headers.push(this.#state.header);
    this.#notePause(commit.at);
    if (this.#state.operations.size < this.#tracks.size) this.#letGo(commit.at);
    const isCopy = commit.facts.some(({ kind }) => kind === "COPIED");
    for (const operation of changed) this.#record(operation, isCopy);
    this.#settled.push(this.#tracks.size - this.#unsettled.size);
    this.#beganAt = Math.min(this.#beganAt, commit.at);
    for (const fact of commit.facts) {
      if ("id" in fact) this.#draw(fact, commit.at);
      if (fact.kind === "COPIED") this.#drawCopies(fact.commits);
      if (fact.kind === "REWOUND") this.#goBack(commit.at);
    }
    for (const event of this.#history.read(commit)) this.events.push({ seq: this.length, event });
  }

  /** The number of the last commit. */
  get length(): number {
    return this.commits.length;
  }

  /** The execution as it is now; undefined before the first commit. */
  get header(): ExecutionHeader | undefined {
    return this.#headers.at(-1);
  }

  /** When the first thing in it happened, ms since the epoch: in a fork that is older than its start. */
  get beganAt(): number {
    return this.length === 0 ? 0 : this.#beganAt;
  }

  /** When it was forked from another one, ms since the epoch. */
  get forkedAt(): number | undefined {
    return this.header?.forkedFrom === undefined ? undefined : this.commits[0]?.at;
  }

  get isEnded(): boolean {
    return this.header !== undefined && this.header.status !== "RUNNING";
  }

  /** When it goes on by itself, ms since the epoch; undefined if no time makes it. */
  get nextTimer(): number | undefined {
    if (this.isEnded) return undefined;
    const begins = this.invocations.length === 0 ? this.header?.startAt : undefined;
    const times = [begins, this.#state.timers.earliest?.at, this.header?.timeoutAt].filter((at) => at !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Callbacks that can be completed now. */
  get openCallbacks(): readonly Extract<Operation, { type: "CALLBACK" }>[] {
    return [...this.#state.callbacks.values()].flatMap((id) => {
      const operation = this.#state.operations.get(id);
      return operation?.type === "CALLBACK" ? [operation] : [];
    });
  }

  /** All operations, parents before their children. */
  get tracks(): readonly Track[] {
    this.#order ??= inOrder(this.#roots);
    return this.#order;
  }

  /** The operations that are in no context. */
  get roots(): readonly Track[] {
    return this.#roots;
  }

  track(id: string): Track | undefined {
    return this.#tracks.get(id);
  }

  headerAt(seq: number): ExecutionHeader | undefined {
    return this.#headers[seq - 1];
  }

  /** The number of operations that had an outcome, as of a commit. */
  settledAt(seq: number): number {
    return this.#settled[seq - 1] ?? 0;
  }

  /** Operations without an outcome, as of a commit. */
  unsettledAt(seq: number): readonly Operation[] {
    const tracks = seq >= this.length ? [...this.#unsettled] : this.tracks;
    return tracks.flatMap((track) => {
      const operation = operationAt(track, seq);
      return operation === undefined || isSettled(operation.status) ? [] : [operation];
    });
  }

  /** Its own name, or that of the nearest context around it that has one. */
  nameOf(operation: Operation): string | undefined {
    return nameWithin(operation, ({ parentId = "" }) => this.#tracks.get(parentId)?.versions.at(-1)?.operation);
  }

  /** The title of an operation in all views. */
  titleOf(operation: Operation): string {
    return this.#tracks.get(operation.id)?.title ?? titleOf(operation, undefined);
  }

  /** The operation that was first recorded last, as of a commit: where the code had got to. */
  newestAt(seq: number): Track | undefined {
    for (let index = seq - 1; index >= 0; index--) {
      const fact = this.commits[index]?.facts.findLast((each) => "id" in each);
      if (fact !== undefined && "id" in fact) return this.#tracks.get(fact.id);
    }
    return undefined;
  }

  invocationAt(seq: number): InvocationSpan | undefined {
    return this.invocations.findLast(({ firstSeq }) => firstSeq <= seq);
  }

  get #state(): ExecutionState {
    return this.#log.state;
  }

  #beginInvocation(commit: Commit, replayed: number): void {
    this.invocations.push({
      number: this.invocations.length + 1,
      owner: commit.owner ?? "",
      firstSeq: this.length + 1,
      at: commit.facts.reduce((at, fact) => Math.min(at, ("at" in fact ? fact.at : undefined) ?? at), commit.at),
      replayed,
    });
  }

  #notePause(at: number): void {
    const last = this.pauses.at(-1);
    const open = last?.to === undefined ? last : undefined;
    const { halt } = this.#state.header;
    const isPaused = halt?.reason === "PAUSED";
    if (isPaused && open === undefined) this.pauses.push({ from: halt.at, fromSeq: this.length });
    if (!isPaused && open !== undefined) Object.assign(open, { to: at, toSeq: this.length });
  }

  /** True for a commit of an earlier run of the code than the present one. */
  #beganBefore(seq: number): boolean {
    return seq < (this.invocations.at(-1)?.firstSeq ?? 0);
  }

  #record(operation: Operation, isCopy: boolean): void {
    const version = { seq: this.length, operation };
    const known = this.#tracks.get(operation.id);
    if (known !== undefined) {
      known.versions.push(version);
      if (isSettled(operation.status)) this.#unsettled.delete(known);
      else this.#unsettled.add(known);
      return;
    }
    const { id, parentId } = operation;
    const parent = parentId === undefined ? undefined : this.#tracks.get(parentId);
    const depth = parent === undefined ? 0 : parent.depth + 1;
    const isOver = isSettled(operation.status);
    const isCopied = isCopy && isOver;
    const title = titleOf(operation, parent?.versions.at(-1)?.operation);
    const track: Track = { id, parentId, title, depth, isCopied, versions: [version], spans: [], children: [] };
    this.#tracks.set(id, track);
    if (!isOver) this.#unsettled.add(track);
    (parent?.children ?? this.#roots).push(track);
    this.#order = undefined;
  }

  /** Ends the tracks of operations that the execution has no more, since it was rewound to before them. */
  #letGo(at: number): void {
    for (const [id, track] of this.#tracks) {
      if (this.#state.operations.has(id)) continue;
      track.goneSeq = this.length;
      this.#cutOff(track, at);
      this.#tracks.delete(id);
      this.#unsettled.delete(track);
    }
  }

  /** Sets the spans back to how they were at the point of a rewind. Operations that are kept were drawn when they happened. */
  #goBack(at: number): void {
    for (const track of this.#tracks.values()) {
      const operation = track.versions.at(-1)?.operation;
      if (operation === undefined) continue;
      if (operation.type === "STEP" && operation.status !== "PENDING") this.#cutOff(track, at);
      const isOpen = track.spans.some(({ to }) => to === undefined);
      const kind = openKind(operation);
      if (!isOpen && kind !== undefined) track.spans.push({ kind, from: at, fromSeq: this.length });
    }
  }

  #cutOff({ spans }: Track, at: number): void {
    const open = spans.findLast(({ to }) => to === undefined);
    if (open !== undefined) Object.assign(open, { to: at, toSeq: this.length });
  }

  #drawCopies(commits: readonly CopiedCommit[]): void {
    for (const { at, facts } of commits) {
      for (const fact of facts) if ("id" in fact) this.#draw(fact, at);
    }
  }

  #draw(fact: Extract<Fact, { readonly id: string }>, committedAt: number): void {
    const track = this.#tracks.get(fact.id);
    const operation = track?.versions.at(-1)?.operation;
    if (track === undefined || operation === undefined) return;
    const at = fact.at ?? committedAt;
    const seq = this.length;
    this.#beganAt = Math.min(this.#beganAt, at);
    const open = track.spans.findLast((span) => span.to === undefined);
    if (fact.kind === "HEARTBEAT") return;
    const isStart = fact.kind === "STARTED";
    if (isStart && open?.kind === "work") return;
    if (open !== undefined && fact.kind !== "READY") {
      const wasCutOff = operation.type === "STEP" && open.kind === "work" && this.#beganBefore(open.fromSeq);
      Object.assign(open, { to: at, toSeq: seq, ...outcomeOf(fact), wasCutOff });
    }
    if (isStart) track.spans.push({ kind: spanKinds[operation.type], from: at, fromSeq: seq });
    else if (open === undefined)
      track.spans.push({ kind: "work", from: at, fromSeq: seq, to: at, toSeq: seq, ...outcomeOf(fact) });
    if (fact.kind === "RETRIED") track.spans.push({ kind: "pause", from: at, fromSeq: seq });
  }
}

/** The operation as it was after a commit; undefined if it was not there yet, or no more. */
export function operationAt(track: Track, seq: number): Operation | undefined {
  if (track.goneSeq !== undefined && seq >= track.goneSeq) return undefined;
  return track.versions.findLast((version) => version.seq <= seq)?.operation;
}

/** The number of the commit that first told of an operation. */
export function firstSeqOf(track: Track): number {
  return track.versions[0]?.seq ?? 0;
}

/** A view of a whole log. */
export function viewOf(bodies: Iterable<string>): ExecutionView {
  const view = new ExecutionView();
  for (const body of bodies) view.add(body);
  return view;
}

/** The kind of span of an operation without an outcome; undefined for a step that is to run. */
function openKind({ type, status }: Operation): Span["kind"] | undefined {
  if (isSettled(status)) return undefined;
  if (type !== "STEP") return spanKinds[type];
  return status === "PENDING" ? "pause" : undefined;
}

function outcomeOf(fact: Fact): Pick<Span, "hasFailed" | "error"> {
  const error = "error" in fact && fact.kind !== "CANCELLED" ? fact.error : undefined;
  return error === undefined ? { hasFailed: false } : { hasFailed: true, error };
}

/** The kind of span of each type of operation from its start on. */
const spanKinds: Readonly<Record<Operation["type"], Span["kind"]>> = {
  CONTEXT: "work",
  STEP: "work",
  WAIT: "wait",
  CALLBACK: "wait",
  CHAINED_INVOKE: "wait",
};

function inOrder(roots: readonly Track[]): readonly Track[] {
  const ordered: Track[] = [];
  const visit = (track: Track): void => {
    ordered.push(track);
    for (const child of track.children) visit(child);
  };
  for (const root of roots) visit(root);
  return ordered;
}
