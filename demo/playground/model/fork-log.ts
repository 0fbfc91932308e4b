/**
 * A new execution from the log of another one: all of it, or up to where an operation begins. What is kept was
 * recorded, so nothing of it runs again; the code goes on from there. Callbacks get ids of their own, since an id leads
 * to the execution that it was made for.
 */

import {
  type Commit,
  decodeCommit,
  type DirectoryRow,
  emptyState,
  encodeCommit,
  type ExecutionHeader,
  type Fact,
  fold,
} from "perdure/engine";

export interface ForkOptions {
  /** The name of the new execution. */
  readonly name: string;
  /** The operation that is not to be in it, nor anything that was recorded after its beginning. */
  readonly before?: string;
  /** 32 random hex digits. */
  readonly randomId: () => string;
}

export interface Fork {
  readonly row: DirectoryRow;
  readonly bodies: readonly string[];
}

/** Throws for a log that cannot be folded. */
export function forkLog(log: readonly string[], options: ForkOptions): Fork {
  const kept = upTo(log.map(decodeCommit), options.before);
  const state = emptyState();
  const commits = kept.map((commit) => ({ ...commit, facts: commit.facts.map((fact) => forked(fact, kept, options)) }));
  for (const commit of commits) fold(state, commit);
  return { row: rowOf(state.header, state.seq), bodies: commits.map(encodeCommit) };
}

function upTo(commits: readonly Commit[], before: string | undefined): readonly Commit[] {
  if (before === undefined) return commits;
  const kept: Commit[] = [];
  for (const commit of commits) {
    const cut = commit.facts.findIndex((fact) => "id" in fact && fact.id === before);
    if (cut < 0) {
      kept.push(commit);
      continue;
    }
    if (cut > 0) kept.push({ ...commit, facts: commit.facts.slice(0, cut) });
    return kept;
  }
  throw new Error(`The log has no operation ${before}.`);
}

function forked(fact: Fact, commits: readonly Commit[], { name, randomId }: ForkOptions): Fact {
  if (fact.kind === "EXECUTION_STARTED") {
    const { parent: _parent, ...rest } = fact;
    return { ...rest, name, incarnation: randomId() };
  }
  if (fact.kind !== "STARTED" || fact.callbackId === undefined) return fact;
  return { ...fact, callbackId: btoa(`${functionNameOf(commits)}/${name}\n${randomId()}`) };
}

function functionNameOf(commits: readonly Commit[]): string {
  const first = commits[0]?.facts[0];
  if (first?.kind !== "EXECUTION_STARTED") throw new Error("The log does not begin with an execution.");
  return first.functionName;
}

/** The directory's row of an execution as of commit `seq`. */
export function rowOf(header: ExecutionHeader, seq: number): DirectoryRow {
  const { id, functionName, name, version, incarnation, status, startedAt, startAt, endedAt, halt, tags } = header;
  return {
    ...{ id, functionName, name, version, incarnation, seq, status, startedAt },
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(halt === undefined ? {} : { halted: true, haltReason: halt.reason, haltedAt: halt.at }),
    ...(startAt === undefined ? {} : { startAt }),
    ...(tags === undefined ? {} : { tags }),
  };
}
