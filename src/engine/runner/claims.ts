/**
 * Who may write for an invocation of one execution.
 *
 * 1. One claim is valid at a time. Making one ends the one before.
 * 2. A commit by another owner ends the claim: that owner has gone on without knowing what the claim's invocation does.
 *    Who has ended the claim is remembered until `takeFence` tells it.
 */

import type { Commit } from "../model/commit.ts";
import type { Host } from "../ports/host.ts";

/** The right to write for one invocation. */
export interface Claim {
  readonly owner: string;
}

/**
 * Who has ended a claim: another process that has run the execution since, or a late write of an earlier invocation of
 * this process.
 */
export type FencedBy = "ELSEWHERE" | "HERE";

/** Names the commits and the owners of one process, so that they can be told from those of others and from each other. */
export class Writer {
  readonly #prefix: string;
  #writes = 0;

  constructor(host: Host) {
    this.#prefix = `${host.randomId()}.`;
  }

  next(): string {
    return `${this.#prefix}${++this.#writes}`;
  }

  hasWritten(commit: Commit): boolean {
    return this.isMine(commit.writer);
  }

  /** True for the name of a commit or an owner that was made here. */
  isMine(name: string): boolean {
    return name.startsWith(this.#prefix);
  }
}

export class Claims {
  readonly #writer: Writer;
  #valid: Claim | undefined;
  #fencedBy: FencedBy | undefined;

  constructor(writer: Writer) {
    this.#writer = writer;
  }

  holds(claim: Claim): boolean {
    return this.#valid === claim;
  }

  /** Makes a claim in place of the one before. */
  make(): Claim {
    // Invariant 1: the claim before is valid no more.
    this.#valid = { owner: this.#writer.next() };
    return this.#valid;
  }

  /** Ends a claim; `takeFence` does not tell of it. */
  revoke(claim: Claim | undefined = this.#valid): void {
    if (this.#valid === claim) this.#valid = undefined;
  }

  /** Takes note of a commit that was found in the log. */
  note(commit: Commit): void {
    if (commit.owner === undefined || this.#valid === undefined || commit.owner === this.#valid.owner) return;
    // Invariant 2: the commit is another owner's.
    this.fence(this.#writer.hasWritten(commit) ? "HERE" : "ELSEWHERE");
  }

  /** Ends the valid claim, if there is one, and remembers who has ended it. */
  fence(by: FencedBy): void {
    if (this.#valid !== undefined) this.#fencedBy = by;
    this.#valid = undefined;
  }

  /** Who has ended a valid claim since the last call. */
  takeFence(): FencedBy | undefined {
    const by = this.#fencedBy;
    this.#fencedBy = undefined;
    return by;
  }
}
