interface Edit {
  /** Occurs once in the sources, so that it is found wherever it has moved to. */
  readonly code: string;
  readonly becomes: string;
}

/** An edit that takes a mechanism out, and the tests of which one must fail with it. */
export interface Mutation extends Edit {
  /** The promise that the mechanism keeps, P1 to P15, or the part that it belongs to. */
  readonly keeps: string;
  /** What goes wrong with the edit. */
  readonly what: string;
  /** A second edit, for a mechanism that either of two places is enough to keep. */
  readonly also?: Edit;
  /** Files or folders, relative to the root. */
  readonly tests: readonly string[];
}

/** One edit, in the one file that has its code. */
export interface PlacedEdit extends Edit {
  /** Relative to the root. */
  readonly path: string;
}
