/** One request that a stand-in answered, or holds back. */
export interface Call {
  /** `s3:PutObject`, `mediaconvert:CreateJob` ... */
  readonly operation: string;
  /** What it was about: `bucket/key`, a job id, or `""`. */
  readonly target: string;
  /** When it came, ms since the epoch. */
  readonly at: number;
}

/** Requests that are kept waiting: received and counted, but neither carried out nor answered before `release`. */
export interface Hold {
  /** Resolves when the first of them has come. */
  readonly arrived: Promise<void>;
  /** Carries the waiting ones out and lets later ones through. */
  release(): void;
}

interface Waiting {
  readonly matches: (call: Call) => boolean;
  readonly arrive: () => void;
  readonly released: Promise<void>;
}

/** Every request in the order it came, so that a test can tell how often an effect was asked for. */
export class CallLog {
  readonly #calls: Call[] = [];
  readonly #holds = new Set<Waiting>();

  get calls(): readonly Call[] {
    return this.#calls;
  }

  /** Counts a request; resolves when it may be carried out. */
  async record(operation: string, target: string): Promise<void> {
    const call: Call = { operation, target, at: Date.now() };
    this.#calls.push(call);
    for (const hold of this.#holds) {
      if (!hold.matches(call)) continue;
      hold.arrive();
      await hold.released;
    }
  }

  /** How many requests for this operation came; only those whose target contains `target`, if given. */
  count(operation: string, target = ""): number {
    return this.#calls.filter((call) => call.operation === operation && call.target.includes(target)).length;
  }

  clear(): void {
    this.#calls.length = 0;
  }

  hold(matches: (call: Call) => boolean): Hold {
    const arrival = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const waiting: Waiting = { matches, arrive: arrival.resolve, released: release.promise };
    this.#holds.add(waiting);
    return {
      arrived: arrival.promise,
      release: () => {
        this.#holds.delete(waiting);
        release.resolve();
      },
    };
  }
}
