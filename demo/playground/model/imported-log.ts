/**
 * A log from elsewhere as an execution of this browser, under a name of its own. Callbacks get ids of their own, since an
 * id leads to the execution that it was made for.
 */

import {
  decodeForeignCommit,
  type DirectoryRow,
  emptyState,
  encodeCommit,
  type ExecutionHeader,
  type Fact,
  fold,
  readForeignLog,
} from "perdure/engine";

export interface ImportOptions {
  /** The name of the new execution. */
  readonly name: string;
  /** 32 random hex digits. */
  readonly randomId: () => string;
}

export interface ImportedLog {
  readonly row: DirectoryRow;
  readonly bodies: readonly string[];
}

/** Of a file of an execution, in bytes: a larger one is no log of a playground. */
export const MOST_BYTES = 64_000_000;

/** The log in a file of an execution, as it stands there. Throws for a file that has none, or is too large to be read. */
export async function readLogFile(file: Pick<Blob, "size" | "text">): Promise<readonly string[]> {
  if (file.size > MOST_BYTES) throw new Error("This file is too large for the log of an execution.");
  const { log } = (JSON.parse(await file.text()) ?? {}) as { readonly log?: unknown };
  if (!Array.isArray(log) || !log.every((body) => typeof body === "string")) {
    throw new Error("This file holds no log of an execution.");
  }
  return log;
}

/** Throws for a log that has anything in it which no execution has. */
export function importedLog(log: readonly string[], options: ImportOptions): ImportedLog {
  const id = `${functionNameOf(log)}/${options.name}`;
  const { commits } = readForeignLog(log, { anyCallbackId: true });
  const renamed = commits.map((commit) => ({ ...commit, facts: commit.facts.map((fact) => own(fact, id, options)) }));
  const state = emptyState();
  for (const commit of renamed) fold(state, commit);
  return { row: rowOf(state.header, state.seq), bodies: renamed.map(encodeCommit) };
}

function own(fact: Fact, id: string, options: ImportOptions): Fact {
  const { name, randomId } = options;
  if (fact.kind === "EXECUTION_STARTED") {
    const { parent: _parent, ...rest } = fact;
    return { ...rest, name, incarnation: randomId() };
  }
  if (fact.kind === "COPIED" || fact.kind === "REWOUND") {
    const commits = fact.commits.map((each) => ({
      ...each,
      facts: each.facts.map((inner) => own(inner, id, options)),
    }));
    return { ...fact, commits };
  }
  if (fact.kind !== "STARTED" || fact.callbackId === undefined) return fact;
  return { ...fact, callbackId: btoa(`${id}\n${randomId()}`) };
}

function functionNameOf([body = ""]: readonly string[]): string {
  const [first] = decodeForeignCommit(body, { anyCallbackId: true }).facts;
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
