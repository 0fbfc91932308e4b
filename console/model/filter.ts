/** The filter of a list of executions. */

/** A status of AWS's, or one of the two in which a running execution stands still. */
export const STATES = [
  ...(["RUNNING", "HALTED", "PAUSED", "SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED"] as const),
] as const;
export type State = (typeof STATES)[number];

export interface Filter {
  /** Empty for all. */
  readonly functionName: string;
  /** Undefined for all. */
  readonly state: State | undefined;
  /** The beginning of the names; empty for all. */
  readonly prefix: string;
  /** `key=value`; empty for all. */
  readonly tag: string;
  /** Started then or later, ms since the epoch. */
  readonly after: number | undefined;
  /** Started then or earlier, ms since the epoch. */
  readonly before: number | undefined;
}

export const NO_FILTER: Filter = {
  functionName: "",
  state: undefined,
  prefix: "",
  tag: "",
  after: undefined,
  before: undefined,
};

/** An execution as lists have it. Times are ms since the epoch. */
export interface ExecutionRow {
  readonly arn: string;
  readonly name: string;
  readonly functionName: string;
  readonly version: string;
  readonly state: State;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** For a face that cannot filter by all of it. */
export function matches(row: ExecutionRow, filter: Filter): boolean {
  if (filter.functionName !== "" && row.functionName !== filter.functionName) return false;
  if (filter.state !== undefined && !isIn(row.state, filter.state)) return false;
  if (!row.name.startsWith(filter.prefix)) return false;
  if (row.startedAt < (filter.after ?? row.startedAt) || row.startedAt > (filter.before ?? row.startedAt)) return false;
  return filter.tag === "" || hasTag(row, filter.tag);
}

/** A halted execution is a running one, too, as AWS counts. */
function isIn(state: State, wanted: State): boolean {
  return state === wanted || (wanted === "RUNNING" && statusOf(state) === "RUNNING");
}

/** The status that AWS's API has for a state. */
export function statusOf(state: State): Exclude<State, "HALTED" | "PAUSED"> {
  return state === "HALTED" || state === "PAUSED" ? "RUNNING" : state;
}

function hasTag({ tags }: ExecutionRow, tag: string): boolean {
  const at = tag.indexOf("=");
  return at < 0 ? Object.hasOwn(tags, tag) : tags[tag.slice(0, at)] === tag.slice(at + 1);
}
