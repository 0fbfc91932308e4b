/**
 * The calls of the code while it runs, as the worker of this tab tells of them: where each operation was called, how
 * often its function has run, and how far the present run has come, which is known before anything of it is recorded.
 */

import type { CodeRun } from "../../../console/views/model/code-run.ts";

export interface CallSite {
  readonly method: string;
  readonly name?: string;
  readonly line?: number;
}

/** The calls at each position of one execution. */
export interface Sites {
  recorded(id: string): CallSite | undefined;
  attempted(id: string): CallSite | undefined;
}

interface Known {
  readonly recorded: Map<string, CallSite>;
  /** Calls that differ from what was called at the same position before. */
  readonly attempted: Map<string, CallSite>;
  readonly runs: Map<string, number>;
  current: CodeRun | undefined;
}

export class CallSites {
  readonly #executions = new Map<string, Known>();

  has(executionId: string): boolean {
    return (this.#executions.get(executionId)?.recorded.size ?? 0) > 0;
  }

  /** The handler runs from the top, with `seq` commits in the log. */
  begin(executionId: string, { seq, at }: Pick<CodeRun, "seq" | "at">): void {
    this.#of(executionId).current = { seq, at, reached: new Set() };
  }

  /** The run that this tab's worker has in memory. */
  current(executionId: string): CodeRun | undefined {
    return this.#executions.get(executionId)?.current;
  }

  /** The worker is gone, with every run it had. */
  end(): void {
    for (const known of this.#executions.values()) known.current = undefined;
  }

  /** `isRecorded` says whether the log has the operation already. */
  reach(executionId: string, id: string, { site, isRecorded }: { site: CallSite; isRecorded: boolean }): void {
    const known = this.#of(executionId);
    const before = known.recorded.get(id);
    known.attempted.set(id, site);
    known.current?.reached.add(id);
    const isSame = before?.method === site.method && before.name === site.name;
    if (!isRecorded || before === undefined || isSame) known.recorded.set(id, site);
  }

  /** Other code than the execution's, held against its log, calls this there. */
  attempt(executionId: string, id: string, site: CallSite): void {
    this.#of(executionId).attempted.set(id, site);
  }

  run(executionId: string, id: string): void {
    const { runs } = this.#of(executionId);
    runs.set(id, (runs.get(id) ?? 0) + 1);
  }

  recorded(executionId: string, id: string): CallSite | undefined {
    return this.#executions.get(executionId)?.recorded.get(id);
  }

  attempted(executionId: string, id: string): CallSite | undefined {
    return this.#executions.get(executionId)?.attempted.get(id);
  }

  /** Those of one execution. */
  of(executionId: string): Sites {
    return {
      recorded: (id) => this.recorded(executionId, id),
      attempted: (id) => this.attempted(executionId, id),
    };
  }

  runs(executionId: string, id: string): number {
    return this.#executions.get(executionId)?.runs.get(id) ?? 0;
  }

  #of(executionId: string): Known {
    const known = this.#executions.get(executionId);
    if (known !== undefined) return known;
    const fresh: Known = { recorded: new Map(), attempted: new Map(), runs: new Map(), current: undefined };
    this.#executions.set(executionId, fresh);
    return fresh;
  }
}
