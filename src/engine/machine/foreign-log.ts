/**
 * A log from elsewhere, commit by commit: each is checked, and its operations lie no deeper in each other than code gets
 * them here. Whoever walks down the contexts of such a log (to show them, to copy them) comes to an end.
 */

import type { Commit } from "../model/commit.ts";
import type { Operation } from "../model/operation.ts";
import { fold } from "./fold.ts";
import { decodeForeignCommit, type ForeignCommitOptions } from "./foreign-commit.ts";
import { ForeignLogLimits } from "./limits.ts";
import { LogLimitError } from "./log-limit-error.ts";
import { emptyState, type ExecutionState, type StateOptions } from "./state.ts";

/** How a log from elsewhere is read. */
export interface ForeignLogOptions extends ForeignCommitOptions, StateOptions {}

/** A commit from elsewhere, and what it has changed. */
export interface FoldedCommit {
  /** What was read. */
  readonly commit: Commit;
  /** The operations that it changed, as they are now. */
  readonly changed: readonly Operation[];
}

/** The log of an execution, whoever has written it. */
export class ForeignLog {
  /** The execution as the commits so far have made it; half changed once one of them was refused. */
  readonly state: ExecutionState;
  readonly #options: ForeignLogOptions;
  /** How deep contexts lie: 1 for one in the root. */
  readonly #depths = new Map<string, number>();

  constructor(options: ForeignLogOptions = {}) {
    this.#options = options;
    this.state = emptyState(options);
  }

  /**
   * Reads the text of the next commit.
   *
   * @throws {CorruptLogError} CORRUPT_LOG, {UnsupportedLogVersionError} UNSUPPORTED_LOG_VERSION.
   * @throws {LogLimitError} LOG_LIMIT_EXCEEDED for an operation that lies more than 512 deep.
   */
  add(body: string): FoldedCommit {
    const commit = decodeForeignCommit(body, this.#options);
    const changed = fold(this.state, commit);
    for (const operation of changed) this.#measure(operation);
    return { commit, changed };
  }

  #measure({ id, type, parentId }: Operation): void {
    const depth = 1 + (parentId === undefined ? 0 : (this.#depths.get(parentId) ?? 0));
    if (depth > ForeignLogLimits.NESTING)
      throw new LogLimitError(`An operation of the log lies ${depth} deep; the limit is ${ForeignLogLimits.NESTING}.`);
    if (type === "CONTEXT") this.#depths.set(id, depth);
  }
}

/** A whole log from elsewhere. */
export interface ReadLog {
  /** In their order. */
  readonly commits: readonly Commit[];
  /** The execution as they have made it. */
  readonly state: ExecutionState;
}

/**
 * Reads the texts of all commits of a log, whoever has written it.
 *
 * @throws {CorruptLogError} CORRUPT_LOG, {UnsupportedLogVersionError} UNSUPPORTED_LOG_VERSION.
 * @throws {LogLimitError} LOG_LIMIT_EXCEEDED for more than 134,217,728 characters (128 Mi), and for operations that lie
 *   more than 512 deep.
 */
export function readForeignLog(bodies: readonly string[], options: ForeignLogOptions = {}): ReadLog {
  const characters = bodies.reduce((sum, { length }) => sum + length, 0);
  const limit = ForeignLogLimits.CHARACTERS;
  if (characters > limit) throw new LogLimitError(`The log has ${characters} characters; the limit is ${limit}.`);
  const log = new ForeignLog(options);
  return { commits: bodies.map((body) => log.add(body).commit), state: log.state };
}
