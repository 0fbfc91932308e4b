/** An edit that takes a mechanism out, and the tests of which one must fail with it. */
export interface Mutation {
  /** The promise that the mechanism keeps, P1 to P15, or the part that it belongs to. */
  readonly keeps: string;
  /** What goes wrong with the edit. */
  readonly what: string;
  /** Occurs once below src, so that it is found wherever it has moved to. */
  readonly code: string;
  readonly becomes: string;
  /** Files, relative to the root. */
  readonly tests: readonly string[];
}
