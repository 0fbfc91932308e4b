import { decodeCommit } from "../../engine/machine/commit-codec.ts";
import { fold } from "../../engine/machine/fold.ts";
import { emptyState, type ExecutionState } from "../../engine/machine/state.ts";
import type { Commit, Fact } from "../../engine/model/commit.ts";
import { isPaused } from "../../engine/model/execution.ts";
import { isSettled, type Operation } from "../../engine/model/operation.ts";

/** One incarnation of an execution, with all that was ever written to its log. It stays when the log is removed. */
export class Recorded {
  readonly id: string;
  readonly incarnation: string;
  /** The commits' texts, oldest first. */
  readonly log: string[] = [];
  readonly commits: Commit[] = [];
  readonly state: ExecutionState = emptyState({ keepsAll: true });
  isRemoved = false;
  /** Why its state cannot be told, in words. */
  corruption: string | undefined;
  /** The number of operations that rewinds have undone. */
  undone = 0;
  /** The numbers of the commits that have rewound it. */
  readonly rewinds: number[] = [];
  /** After which commits it was paused. */
  readonly #paused = new Set<number>();
  /**
   * Numbers of commits that landed when their process was gone, or had been told that they failed, of those that
   * record how an invocation broke (what it ran was cut off by a failure that may have come long before), and of rewinds.
   */
  readonly #cuts = new Set<number>();
  /** The process that wrote each commit of an invocation, by the commit's number. */
  readonly #owned = new Map<number, string>();
  readonly #byName = new Map<string, string>();
  /** The number of the commit that settled each operation. */
  readonly #settledAt = new Map<string, number>();

  constructor(id: string, incarnation: string) {
    this.id = id;
    this.incarnation = incarnation;
  }

  get hasEnded(): boolean {
    return this.state.header.status !== "RUNNING";
  }

  /** The tag that the outside gave to the start: what this incarnation was asked to do. */
  get tag(): string {
    return tagOf(this.state.header.input);
  }

  /** Takes over a commit that has just landed. */
  land(body: string, process: string): Commit {
    const commit = decodeCommit(body);
    this.log.push(body);
    this.commits.push(commit);
    if (commit.facts[0]?.kind === "REWOUND") this.#rewind();
    this.#fold(commit);
    if (isPaused(this.state.header)) this.#paused.add(this.log.length);
    if (commit.owner !== undefined) this.#owned.set(this.log.length, process);
    if (commit.facts.some(isBreak)) this.#cuts.add(this.log.length);
    return commit;
  }

  /** True if the execution was paused after commit `seq`. */
  isPausedAt(seq: number): boolean {
    return this.#paused.has(seq);
  }

  /** True if it has ever been paused. */
  get wasPaused(): boolean {
    return this.#paused.size > 0;
  }

  /** The number of commits up to `seq` that have rewound the execution. */
  rewindsBy(seq: number): number {
    return this.rewinds.filter((number) => number <= seq).length;
  }

  /** The number of commits up to `seq` that cut off an invocation of this process. */
  against(process: string, seq: number): number {
    let count = 0;
    for (const number of this.#cuts) if (number <= seq) count++;
    for (const [number, writer] of this.#owned) if (writer !== process && number <= seq) count++;
    return count;
  }

  /** The commit that has just landed was taken for lost. */
  noteStray(): void {
    this.#cuts.add(this.log.length);
  }

  /** The operation of this name; names are unique in the programs that are run. */
  operation(name: string): Operation | undefined {
    const id = this.#byName.get(name);
    return id === undefined ? undefined : this.state.operations.get(id);
  }

  /** The number of the commit that settled it, if one has. */
  settledAt({ id }: Operation): number | undefined {
    return this.#settledAt.get(id);
  }

  /** Operations are counted anew. */
  #rewind(): void {
    this.undone += this.state.operations.size;
    this.rewinds.push(this.log.length);
    this.#byName.clear();
    this.#settledAt.clear();
  }

  /** Folds a commit that was written, even if it does not fit the state: the log then counts as corrupt. */
  #fold(commit: Commit): void {
    try {
      for (const operation of fold(this.state, commit)) this.#note(operation);
    } catch (error) {
      this.corruption ??= `${this.id}, commit ${this.log.length}: ${String(error)}`;
    }
  }

  #note(operation: Operation): void {
    if (operation.name !== undefined) this.#byName.set(operation.name, operation.id);
    if (isSettled(operation.status) && !this.#settledAt.has(operation.id))
      this.#settledAt.set(operation.id, this.log.length);
  }
}

function isBreak(fact: Fact): boolean {
  return fact.kind === "REWOUND" || (fact.kind === "INVOCATION_COMPLETED" && fact.error !== undefined);
}

/** The tag in an event of the programs that are run. */
export function tagOf(input: string | undefined): string {
  return input === undefined ? "" : (JSON.parse(input) as { tag: string }).tag;
}
