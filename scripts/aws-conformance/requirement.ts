/** A requirement of AWS's scenarios, as its YAML has it. */
export interface Requirement {
  /** Texts to fill in: `${GEN_STR:8}` is a random one. */
  readonly Variables?: Readonly<Record<string, unknown>>;
  readonly Input?: unknown;
  /** Absent where only the beginning of the history counts. */
  readonly ExpectedResult?: ExpectedResult;
  readonly CallbackActions?: readonly CallbackAction[];
  readonly ExpectedExecutionHistory: readonly ExpectedEvent[];
  readonly ExpectedLogs?: readonly ExpectedLog[];
}

export interface ExpectedResult {
  readonly ExecutionStatus?: string;
  readonly Result?: unknown;
  readonly Error?: unknown;
}

export interface CallbackAction {
  /** `*` for any. */
  readonly CallbackName: string;
  readonly Operation: "success" | "failure" | "heartbeat";
  readonly Payload?: unknown;
  /** In seconds. */
  readonly Delay?: number;
}

export interface ExpectedEvent {
  readonly EventId: number;
  readonly [field: string]: unknown;
}

export interface ExpectedLog {
  /** The text that a line contains. */
  readonly pattern?: string;
  /** The values of a line's fields: a text between slashes is a regular expression. */
  readonly match?: LogFields;
  readonly count?: number;
  readonly min_count?: number;
  /** Lines that come before it. */
  readonly after?: readonly LogFields[];
}

export type LogFields = Readonly<Record<string, unknown>>;

/** An event of a history, as Lambda's API answers it. */
export interface HistoryEvent {
  readonly EventId?: number | undefined;
  readonly EventType?: string | undefined;
  readonly Name?: string | undefined;
  readonly [field: string]: unknown;
}
