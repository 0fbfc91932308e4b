/** Problems at places of the code, from any checker. They are plain data: most of them come out of a worker. */

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
  /** The consequence for running the code, where that is not plain. */
  readonly note?: string;
  readonly fixes?: readonly Fix[];
}
