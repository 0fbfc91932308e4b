/**
 * The one table. Executions are items that share a partition key by what is read together:
 *
 * | Partition | Sort key | Item |
 * | --- | --- | --- |
 * | id | `head` | the directory row, the incarnation, and commit 1 while it is small |
 * | id, incarnation | `c` + number | a commit |
 * | id, incarnation | `p` + number + write + part | a part of a commit that is too large for one item |
 * | id, incarnation | `s`, `s` + write + part | the snapshot, and its parts |
 * | id, incarnation | `~` | a note that something of it may be left behind |
 * | `#functions` | name | a function that has had an execution |
 *
 * The head alone says which incarnation is there. What belongs to another one is read by nobody, and goes by its note.
 */

/** Attributes of the keys and of the indexes. */
export const Key = {
  PARTITION: "pk",
  SORT: "sk",
  /** Of the index of lists: function, status (or that it is halted) and shard. */
  LIST: "lp",
  /** Start and id, in the order of lists. */
  PLACE: "ls",
  /** Of the index of what expires: shard. Absent from what runs, so that the index holds only what may be removed. */
  EXPIRY_SHARD: "ep",
  /** When it may be removed, ms since the epoch. */
  EXPIRES_AT: "es",
  /** Of the index of what is due: shard. Absent from what waits for nothing but somebody outside, and from what has ended. */
  DUE_SHARD: "dp",
  /** By when it should have been woken, ms since the epoch. */
  DUE_AT: "ds",
  /** The wake that was ordered last and is not that of a moment, ms since the epoch. */
  DUE_WAKE: "dw",
  /** The number of the commit that ordered that wake. */
  DUE_SEQ: "dq",
  /** When DynamoDB may delete the item, seconds since the epoch. */
  TTL: "ttl",
} as const;

export const LIST_INDEX = "list";
export const EXPIRY_INDEX = "expiry";
export const DUE_INDEX = "due";

/**
 * Partitions of an index that one function or one day of retention is spread over. A partition takes 1,000 writes a second,
 * and an index that is throttled holds up the writes of its table.
 */
export const SHARDS = 4;
/** Every execution that runs stands in this one. */
export const DUE_SHARDS = 16;
/** Notes of what may be left behind stand in the index of what is due, in partitions of their own. */
export const LEAVING_SHARDS = 4;

export const FUNCTIONS = "#functions";
/** The status under which lists keep running executions that are halted. */
export const HALTED = "HALTED";
export const HEAD = "head";
export const SNAPSHOT = "s";
/** Behind all that a log has. */
export const NOTE = "~";

/** Digits of a number in a sort key, so that text sorts as numbers do. */
const DIGITS = 12;

export function logPartition(id: string, incarnation: string): string {
  return `${id}#${incarnation}`;
}

export function commitKey(seq: number): string {
  return `c${padded(seq)}`;
}

export function seqOf(commitSortKey: string): number {
  return Number(commitSortKey.slice(1));
}

/** The parts of one write: of commit `seq`, or of the snapshot. */
export function partsPrefix(of: number | "snapshot", write: string): string {
  return of === "snapshot" ? `${SNAPSHOT}#${write}#` : `p${padded(of)}#${write}#`;
}

export function partKey(prefix: string, part: number): string {
  return `${prefix}${padded(part)}`;
}

export function listPartition(functionName: string, status: string, shard: number): string {
  return `${functionName}#${status}#${shard}`;
}

export function placeKey(startedAt: number, id: string): string {
  return `${padded(startedAt, 16)}#${id}`;
}

/** Spreads ids evenly: FNV-1a. */
export function shardOf(id: string, shards: number = SHARDS): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % shards;
}

function padded(number: number, digits = DIGITS): string {
  return String(number).padStart(digits, "0");
}

/**
 * The input for `CreateTableCommand`: a table that is billed by request. Time to live needs a call of its own:
 * `UpdateTimeToLiveCommand` on the attribute `ttl`.
 */
export function tableDefinition(name: string): TableDefinition {
  const text = (attribute: string): { AttributeName: string; AttributeType: "S" } => ({
    AttributeName: attribute,
    AttributeType: "S",
  });
  return {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      text(Key.PARTITION),
      text(Key.SORT),
      text(Key.LIST),
      text(Key.PLACE),
      text(Key.EXPIRY_SHARD),
      { AttributeName: Key.EXPIRES_AT, AttributeType: "N" },
      text(Key.DUE_SHARD),
      { AttributeName: Key.DUE_AT, AttributeType: "N" },
    ],
    KeySchema: keySchema(Key.PARTITION, Key.SORT),
    GlobalSecondaryIndexes: [
      {
        IndexName: LIST_INDEX,
        KeySchema: keySchema(Key.LIST, Key.PLACE),
        Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["row"] },
      },
      {
        IndexName: EXPIRY_INDEX,
        KeySchema: keySchema(Key.EXPIRY_SHARD, Key.EXPIRES_AT),
        Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["row"] },
      },
      {
        IndexName: DUE_INDEX,
        KeySchema: keySchema(Key.DUE_SHARD, Key.DUE_AT),
        Projection: { ProjectionType: "KEYS_ONLY" },
      },
    ],
  };
}

interface KeyElement {
  AttributeName: string;
  KeyType: "HASH" | "RANGE";
}

/** In the form of the official SDK, and of CloudFormation. */
export interface TableDefinition {
  /** The table's name. */
  TableName: string;
  /** By request: nothing is provisioned. */
  BillingMode: "PAY_PER_REQUEST";
  /** The attributes of all keys. */
  AttributeDefinitions: { AttributeName: string; AttributeType: "S" | "N" }[];
  /** The table's own key. */
  KeySchema: KeyElement[];
  /** The indexes of lists, of what expires, and of what is due. */
  GlobalSecondaryIndexes: {
    IndexName: string;
    KeySchema: KeyElement[];
    Projection: { ProjectionType: "INCLUDE"; NonKeyAttributes: string[] } | { ProjectionType: "KEYS_ONLY" };
  }[];
}

function keySchema(hash: string, range: string): KeyElement[] {
  return [
    { AttributeName: hash, KeyType: "HASH" },
    { AttributeName: range, KeyType: "RANGE" },
  ];
}
