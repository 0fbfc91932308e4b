/** What is said about a place of the code, by whoever found it. Plain data: most of it comes out of a worker. */

export interface Change {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** A change of the code that settles a problem. */
export interface Fix {
  readonly label: string;
  readonly changes: readonly Change[];
}

export interface Problem {
  /** Offsets in the text. */
  readonly from: number;
  readonly to: number;
  readonly severity: "error" | "warning";
  readonly message: string;
  /** What it means for running the code, where that is not plain. */
  readonly note?: string;
  readonly fixes?: readonly Fix[];
}
