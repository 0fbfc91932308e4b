/** The promises of docs/architecture.md by number, and what follows from the ports beside them. */
export const PromiseName = {
  P1: "a completed operation's function never runs again",
  P2: "a step's attempt runs once unless it was cut off, and never twice where at most once was asked for",
  P3: "replay sees what the first run saw, in the same order",
  P4: "a process that was replaced writes nothing more",
  P5: "a callback that was acknowledged has its outcome in the log, and only that one",
  P6: "a timer is never early",
  P7: "nothing is stuck",
  P8: "every commit leads to a state that can be",
  P10: "commits follow from what happens",
  P13: "an invocation that is over runs nothing",
  P14: "code that does not change breaks no determinism",
  P15: "an execution comes to what its program says",
  PLAIN: "a plain function runs once at a time in a process, and never when its outcome is known",
  INCARNATION: "an execution never sees anything of an earlier one of its name",
  PAUSE: "nothing begins in an execution that is paused",
  FORK: "a fork begins with what its source has recorded",
  REWIND: "what was rewound goes on from there",
  START: "a start that was acknowledged has happened",
  DIRECTORY: "the directory says what the logs say",
  RETENTION: "nothing is kept longer than its retention",
  FAILURE: "no failure goes unseen",
} as const;
export type PromiseName = keyof typeof PromiseName;

export interface Violation {
  readonly promise: PromiseName;
  readonly what: string;
}

const MOST = 50;

/** The promises that were seen to be broken. */
export class Violations {
  readonly #all: Violation[] = [];
  readonly #onFirst: (violation: Violation) => void;

  constructor(onFirst: (violation: Violation) => void) {
    this.#onFirst = onFirst;
  }

  get all(): readonly Violation[] {
    return this.#all;
  }

  add(promise: PromiseName, what: string): void {
    if (this.#all.length >= MOST) return;
    const violation = { promise, what };
    this.#all.push(violation);
    this.#onFirst(violation);
  }
}
