/** A message of the queue: which execution is to be looked at. It says nothing else, since the log decides. */

/** One wake. */
export interface Wake {
  /** The execution's id. */
  readonly id: string;
  /** When it was ordered for, ms since the epoch; absent for at once. */
  readonly at?: number | undefined;
  /** Whom it is for, so that a busy tenant does not hold up the others. */
  readonly group: string;
}

/** A longer one no execution has, and no table takes: it could not be looked at, and its wake would come again for ever. */
const ID = /^[\w-]{1,140}\/[\w-]{1,64}$/;

export function encodeWake({ id, at }: Wake): string {
  return JSON.stringify(at === undefined ? { wake: id } : { wake: id, at });
}

/** Undefined for a message that is no wake. */
export function decodeWake(body: string): Omit<Wake, "group"> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const { wake: id, at } = parsed as { readonly wake?: unknown; readonly at?: unknown };
  if (typeof id !== "string" || !ID.test(id)) return undefined;
  return typeof at === "number" ? { id, at } : { id };
}

/** The group of an execution of which no more than the id is known: that of its function. */
export function groupOfId(id: string): string {
  return id.slice(0, Math.max(0, id.indexOf("/"))) || id;
}

const LONGEST_GROUP = 128;

/** As SQS takes it: no spaces, and no more than 128 characters. */
export function messageGroup(group: string): string {
  return group.replaceAll(" ", "_").slice(0, LONGEST_GROUP);
}
