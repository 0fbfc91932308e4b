/** The cost of an execution, from its log. */

import type { ExecutionView } from "../views/model/execution-view.ts";

export interface Cost {
  /** Operations that were recorded here: without those that were copied from another execution. */
  readonly operations: number;
  readonly copied: number;
  /** The number of times that the function of a step was run to its end. */
  readonly attempts: number;
  /** Rows of the log. */
  readonly commits: number;
  /** Of the log, in characters. */
  readonly characters: number;
  /** The number of times that the handler ran from the top. */
  readonly runs: number;
  /** The processes that wrote the log: every process of a host that had a part in it. */
  readonly processes: readonly string[];
}

export function costOf({ tracks, bodies, commits, invocations }: ExecutionView): Cost {
  const copied = tracks.filter(({ isCopied }) => isCopied).length;
  const own = tracks.filter(({ isCopied, versions }) => !isCopied && versions.at(-1)?.operation.type === "STEP");
  return {
    operations: tracks.length - copied,
    copied,
    attempts: own.reduce((sum, { spans }) => sum + spans.filter(isAttempt).length, 0),
    commits: commits.length,
    characters: bodies.reduce((sum, body) => sum + body.length, 0),
    runs: invocations.length,
    processes: [...new Set(commits.map(({ writer }) => processOf(writer)))],
  };
}

function isAttempt({ kind, to }: { readonly kind: string; readonly to?: number }): boolean {
  return kind === "work" && to !== undefined;
}

/** A writer is a process and the number of its write. */
function processOf(writer: string): string {
  return writer.replace(/\.[^.]*$/, "");
}
