/** Where in the code each operation was called, by execution and position, and how often its function has run. */

export interface CallSite {
  readonly method: string;
  readonly name?: string;
  readonly line?: number;
}

interface Known {
  readonly recorded: Map<string, CallSite>;
  /** Calls that differ from what was called at the same position before. */
  readonly attempted: Map<string, CallSite>;
  readonly runs: Map<string, number>;
}

export class CallSites {
  readonly #executions = new Map<string, Known>();

  has(executionId: string): boolean {
    return (this.#executions.get(executionId)?.recorded.size ?? 0) > 0;
  }

  /** `isRecorded` says whether the log has the operation already. */
  reach(executionId: string, id: string, { site, isRecorded }: { site: CallSite; isRecorded: boolean }): void {
    const known = this.#of(executionId);
    const before = known.recorded.get(id);
    known.attempted.set(id, site);
    const isSame = before?.method === site.method && before.name === site.name;
    if (!isRecorded || before === undefined || isSame) known.recorded.set(id, site);
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

  runs(executionId: string, id: string): number {
    return this.#executions.get(executionId)?.runs.get(id) ?? 0;
  }

  #of(executionId: string): Known {
    const known = this.#executions.get(executionId);
    if (known !== undefined) return known;
    const fresh: Known = { recorded: new Map(), attempted: new Map(), runs: new Map() };
    this.#executions.set(executionId, fresh);
    return fresh;
  }
}
