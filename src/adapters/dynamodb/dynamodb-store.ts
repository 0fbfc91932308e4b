/**
 * Executions in one DynamoDB table. A commit is one conditional put, which is at once the order, the version and the fence;
 * no transaction is needed for anything.
 */

import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type {
  DirectoryRow,
  DirectoryScan,
  ExecutionStore,
  LogPage,
  ReadOptions,
} from "../../engine/ports/execution-store.ts";
import { randomId } from "../hosts/random-id.ts";
import { DirectoryIndex } from "./directory-index.ts";
import { DueIndex } from "./due-index.ts";
import { bytesOf, headKey, type Item, rowAttributes } from "./head.ts";
import { type Incarnation, type LeavingNote, Leavings } from "./leavings.ts";
import { type PackedText, pack, unpack } from "./packed-text.ts";
import { OffloadError, Offloading, type OffloadSettings } from "./offloading.ts";
import { Parts, type HeldText, TEXT_ATTRIBUTES } from "./parts.ts";
import { commitKey, FUNCTIONS, Key, logPartition, seqOf, SNAPSHOT } from "./schema.ts";
import { Table } from "./table.ts";

export interface DynamoStoreOptions {
  /** The official document client. Its own retries are welcome: a commit that was written twice is recognised. */
  readonly client: DynamoDBDocumentClient;
  /** Made with `tableDefinition`. */
  readonly table: string;
  /**
   * Days after its write at which DynamoDB deletes an item that nobody has removed. None by default: an execution without
   * a timeout may last for years, and must keep its first commits. Where all have one, that and the retention together.
   */
  readonly ttlDays?: number;
  /** The delay after which a wake counts as lost, in milliseconds; two minutes by default. */
  readonly slackMs?: number;
  /** The time, ms since the epoch; that of the system by default. */
  readonly now?: () => number;
  /** The bucket for large commits and snapshots; they are kept in the table by default. */
  readonly offload?: OffloadSettings;
}

const DAY_SECONDS = 86_400;
const SLACK_MS = 120_000;
/** A head that would be larger leaves its first commit to the log: its end, and each long wait, write it anew. */
const LARGEST_HEAD = 2048;
const PAGE_COMMITS = 1000;
/** A page ends after about so many. */
const PAGE_CHARACTERS = 16_777_216;
/** Stretches of `PAGE_COMMITS` that are read at a time. One that is empty costs one read unit. */
const STRETCHES_AHEAD = 8;
/** Commits whose parts or objects are read at a time. */
const READ_AT_ONCE = 16;
/** In the place of a first commit that never comes. */
const BARRED = "barred";
/** The partition is known, and as long as a commit. */
const COMMIT_ATTRIBUTES: readonly string[] = [Key.SORT, ...TEXT_ATTRIBUTES, BARRED];
/** Of the time after which a wake counts as lost, a first commit that is on its way is waited for so much. */
const PATIENCE = 1 / 40;
/** Looks for it in that time. */
const LOOKS = 12;

export class DynamoStore implements ExecutionStore {
  /** By when executions should have been woken. */
  readonly due: DueIndex;
  readonly #table: Table;
  readonly #parts: Parts;
  readonly #offloading: Offloading | undefined;
  readonly #index: DirectoryIndex;
  readonly #leavings: Leavings;
  readonly #patienceMs: number;
  readonly #ttlDays: number | undefined;
  readonly #now: () => number;
  /** Functions that are known to be noted in the table. */
  readonly #functions = new Set<string>();

  constructor({ client, table, ttlDays, slackMs = SLACK_MS, now = Date.now, offload }: DynamoStoreOptions) {
    this.#table = new Table(client, table);
    this.due = new DueIndex(this.#table, slackMs);
    this.#offloading = offload === undefined ? undefined : new Offloading(offload);
    this.#parts = new Parts(this.#table, randomId, this.#offloading);
    this.#index = new DirectoryIndex(this.#table);
    this.#leavings = new Leavings(this.#table, slackMs);
    this.#patienceMs = PATIENCE * slackMs;
    this.#ttlDays = ttlDays;
    this.#now = now;
  }

  async create(row: DirectoryRow, body: string): Promise<"created" | "exists"> {
    await this.#noteFunction(row.functionName);
    const whole = { ...this.#newHead(row, row.startAt), ...pack(body) };
    if (bytesOf(whole) > LARGEST_HEAD) return this.#createInTwo(row, body);
    return (await this.#table.putIfAbsent(whole)) ? "created" : "exists";
  }

  async append(id: string, seq: number, body: string, incarnation: string): Promise<"appended" | "taken" | "gone"> {
    if (seq === 1) return "taken";
    // Once for each log: whoever writes further has read it. A log that is removed meanwhile is read by nobody.
    if (seq === 2 && (await this.#head(id, incarnation)) === undefined) return "gone";
    return (await this.#put({ row: { id, incarnation }, seq, body })) ? "appended" : "taken";
  }

  async read(id: string, from: number, options: ReadOptions = {}): Promise<LogPage | undefined> {
    const isFirst = from === 1 || options.incarnation === undefined;
    const head = isFirst ? await this.#head(id, options.incarnation) : undefined;
    if (isFirst && head === undefined) return undefined;
    const incarnation = options.incarnation ?? incarnationOf(head);
    const isThere = async (): Promise<boolean> => (await this.#head(id, incarnation)) !== undefined;
    try {
      const page = await this.#page({ id, incarnation, from, head }, options.limit);
      // Only while the head is there does a log end where its items end.
      return page?.next !== undefined || (await isThere()) ? page : undefined;
    } catch (error) {
      // A removal deletes the head first: without a head, the missing object is no fault.
      if (error instanceof OffloadError && !(await isThere())) return undefined;
      throw error;
    }
  }

  async putRow(row: DirectoryRow): Promise<void> {
    // An invocation that takes an execution up has its row shown: mostly that is there already.
    if (this.due.knownRow(row.id, row.incarnation) >= row.seq) return;
    const { [Key.EXPIRY_SHARD]: shard, [Key.EXPIRES_AT]: expiresAt, ...attributes } = rowAttributes(row);
    const names = Object.keys(attributes);
    const isExpiring = shard !== undefined;
    const isWritten = await this.#table.update(headKey(row.id), {
      UpdateExpression:
        `SET ${names.map((_, at) => `#a${at} = :a${at}`).join(", ")}` +
        // An execution that has ended has no due wake any more.
        (isExpiring ? ", #shard = :shard, #at = :at REMOVE #dueShard, #dueAt" : " REMOVE #shard, #at"),
      ConditionExpression: "#incarnation = :incarnation AND #seq <= :seq",
      ExpressionAttributeNames: {
        ...Object.fromEntries(names.map((name, at) => [`#a${at}`, name])),
        "#incarnation": "incarnation",
        "#seq": "seq",
        "#shard": Key.EXPIRY_SHARD,
        "#at": Key.EXPIRES_AT,
        ...(isExpiring ? { "#dueShard": Key.DUE_SHARD, "#dueAt": Key.DUE_AT } : {}),
      },
      ExpressionAttributeValues: {
        ...Object.fromEntries(names.map((name, at) => [`:a${at}`, attributes[name]])),
        ":incarnation": row.incarnation,
        ":seq": row.seq,
        ...(isExpiring ? { ":shard": shard, ":at": expiresAt } : {}),
      },
    });
    if (isWritten && isExpiring) this.due.noteRow(row.id, rowAttributes(row));
  }

  list(scan: DirectoryScan): Promise<readonly DirectoryRow[]> {
    return this.#index.list(scan);
  }

  expired(now: number, limit: number): Promise<readonly DirectoryRow[]> {
    return this.#index.expired(now, limit);
  }

  async keepSnapshot(id: string, snapshot: string, incarnation: string): Promise<void> {
    if ((await this.#head(id, incarnation)) === undefined) return;
    const place = { partition: logPartition(id, incarnation), of: "snapshot", ttl: this.#ttl() } as const;
    const key = { [Key.PARTITION]: place.partition, [Key.SORT]: SNAPSHOT };
    const before = (await this.#table.get(key)) as HeldText | undefined;
    const held = await this.#parts.write(snapshot, place);
    await this.#table.put({ ...key, ...place.ttl, ...held });
    // The same text is the same object.
    if (objectOf(before) === undefined || objectOf(before) !== objectOf(held)) await this.#parts.forget(before, place);
  }

  async snapshot(id: string, incarnation: string): Promise<string | undefined> {
    const partition = logPartition(id, incarnation);
    const item = await this.#table.get({ [Key.PARTITION]: partition, [Key.SORT]: SNAPSHOT });
    if (item === undefined || (await this.#head(id, incarnation)) === undefined) return undefined;
    try {
      return await this.#parts.read(item, { partition, of: "snapshot" });
    } catch (error) {
      // Another process keeps a newer one at this moment, or it is lost, which a snapshot may be.
      if (error instanceof OffloadError) return undefined;
      throw error;
    }
  }

  /** A note is left, which a sweeper follows: what others write at this moment lands behind it. */
  async remove(id: string, incarnation: string): Promise<void> {
    await this.#leavings.condemn({ id, incarnation }, this.#now());
    await this.#take({ id, incarnation });
  }

  /** Notes of removals whose time has passed, at most about `limit` of them. */
  leavings(now: number, limit: number): Promise<readonly LeavingNote[]> {
    return this.#leavings.overdue(now, limit);
  }

  /** Finishes what the note is about, whoever began it. Answers whether anything was removed. */
  async follow(note: LeavingNote): Promise<boolean> {
    if (await this.#take(note)) {
      await this.#leavings.condemn(note, this.#now());
      return true;
    }
    await this.#leavings.drop(note);
    return false;
  }

  /** The head first: from then on nobody reads what is left. Answers whether there was anything. */
  async #take({ id, incarnation }: Incarnation): Promise<boolean> {
    const hadHead = await this.#table.deleteIncarnation(headKey(id), incarnation);
    const stretch = { partition: logPartition(id, incarnation), from: "a", to: "z", only: [Key.PARTITION, Key.SORT] };
    const keys: Item[] = [];
    for await (const item of this.#table.items(stretch)) keys.push(item);
    await this.#table.delete(keys);
    const hadObjects = await this.#offloading?.forgetAll(stretch.partition);
    return hadHead || keys.length > 0 || hadObjects === true;
  }

  /** The head, and then the first commit, by which it counts. */
  async #createInTwo(row: DirectoryRow, body: string): Promise<"created" | "exists"> {
    // Somebody has to look at it soon, however late it is to begin: its first commit may never come.
    const isPut = await this.#table.putIfAbsent(this.#newHead(row));
    // The client may have sent it twice.
    if (!isPut && (await this.#head(row.id, row.incarnation)) === undefined) return "exists";
    await this.#putFirst(row, body);
    return "created";
  }

  #newHead(row: DirectoryRow, startAt = row.startedAt): Item {
    return {
      ...headKey(row.id),
      ...rowAttributes(row),
      ...(row.expiresAt === undefined ? this.due.atBirth(row.id, startAt) : {}),
      ...this.#ttl(),
    };
  }

  /** The first commit of a head that is there. */
  async #putFirst(row: DirectoryRow, body: string): Promise<void> {
    // The client may have sent it twice: nobody else has a first commit for this incarnation.
    const isThere = (await this.#put({ row, seq: 1, body })) || hasText(await this.#first(row));
    // The bar in its place goes with the head.
    if (isThere && (await this.#head(row.id, row.incarnation)) !== undefined) return;
    await this.remove(row.id, row.incarnation);
    throw new Error(`The start of ${row.id} took so long that it has been removed.`);
  }

  #first({ id, incarnation }: Incarnation): Promise<Item | undefined> {
    return this.#table.get(firstKey({ id, incarnation }));
  }

  /**
   * Of a head without its first commit: whether that has come. If it does not come soon, whoever wrote the head is gone or
   * stands still: its place is barred, and the head goes.
   */
  async #hasFirstSoon(of: Incarnation): Promise<boolean> {
    for (let looks = 0; looks < LOOKS && (await this.#first(of)) === undefined; looks++) {
      await new Promise((resolve) => setTimeout(resolve, this.#patienceMs / LOOKS));
      // Somebody removes it.
      if ((await this.#head(of.id, of.incarnation)) === undefined) return false;
    }
    await this.#table.putIfAbsent({ ...firstKey(of), ...this.#ttl(), [BARRED]: true });
    if (hasText(await this.#first(of))) return true;
    await this.remove(of.id, of.incarnation);
    return false;
  }

  /** The head of an execution, of the incarnation that is asked for. */
  async #head(id: string, incarnation?: string): Promise<Item | undefined> {
    const head = await this.#table.get(headKey(id));
    this.due.note(id, head);
    return incarnation === undefined || incarnationOf(head) === incarnation ? head : undefined;
  }

  /** False if the number is taken by another write. */
  async #put({ row: { id, incarnation }, seq, body }: Write): Promise<boolean> {
    const place = { partition: logPartition(id, incarnation), of: seq, ttl: this.#ttl() };
    const key = { [Key.PARTITION]: place.partition, [Key.SORT]: commitKey(seq) };
    const held = await this.#parts.write(body, place);
    if (await this.#table.putIfAbsent({ ...key, ...place.ttl, ...held })) return true;
    if (!("write" in held)) return false;
    const winner = (await this.#table.get(key)) as HeldText | undefined;
    // The client may have sent it twice, and have been refused by its own first try.
    if (winner !== undefined && "write" in winner && winner.write === held.write) return true;
    await this.#parts.forget(held, place);
    return false;
  }

  async #page({ id, incarnation, from, head }: PageStart, limit?: number): Promise<LogPage | undefined> {
    const partition = logPartition(id, incarnation);
    const inHead = from === 1 && head !== undefined && isText(head) ? unpack(head) : undefined;
    const bodies = inHead === undefined ? [] : [inHead];
    const first = from + bodies.length;
    const { items, isEnd } = await this.#commits({ partition, first }, limit && limit - bodies.length);
    const gap = items.findIndex((item, at) => seqOf(String(item[Key.SORT])) !== first + at);
    const whole = gap < 0 ? items : items.slice(0, gap);
    if (first === 1 && limit !== 0 && !hasText(whole[0]))
      return (await this.#hasFirstSoon({ id, incarnation }))
        ? this.#page({ id, incarnation, from, head }, limit)
        : undefined;
    const texts = await this.#texts(whole, { partition, first });
    if (texts === undefined) return undefined;
    for (const text of texts) bodies.push(text);
    const isAll = texts.length === whole.length && (gap >= 0 || isEnd);
    return isAll ? { bodies } : { bodies, next: from + bodies.length };
  }

  /** From the first one on; without a limit more than one stretch, where a stretch of commits fits into one answer. */
  async #commits({ partition, first }: Commits, limit?: number): Promise<Stretched> {
    const wanted = Math.min(limit ?? PAGE_COMMITS, PAGE_COMMITS);
    // A query of no items cannot be asked for; one item tells whether there are more.
    const stretch = { partition, from: commitKey(first), to: "d", limit: Math.max(wanted, 1), only: COMMIT_ATTRIBUTES };
    const { items, last } = await this.#table.query(stretch);
    const isEnd = last === undefined && items.length <= wanted;
    if (isEnd || limit !== undefined || items.length < PAGE_COMMITS) return { items: items.slice(0, wanted), isEnd };
    const ahead = await this.#ahead({ partition, first: first + PAGE_COMMITS });
    return { items: [...items, ...ahead.items], isEnd: ahead.isEnd };
  }

  /** Several stretches at a time, each of which begins at a number: as many of them as follow on each other. */
  async #ahead({ partition, first }: Commits): Promise<Stretched> {
    const found = await Promise.all(
      Array.from({ length: STRETCHES_AHEAD }, (_, at) => {
        const [from, to] = [first + at * PAGE_COMMITS, first + (at + 1) * PAGE_COMMITS - 1];
        const keys = { from: commitKey(from), to: commitKey(to) };
        return this.#table.query({ partition, ...keys, only: COMMIT_ATTRIBUTES });
      }),
    );
    // The log ends within a stretch, or the stretch did not fit into one answer: what lies behind it is read another time.
    const short = found.findIndex(({ items }) => items.length < PAGE_COMMITS);
    const following = short < 0 ? found : found.slice(0, short + 1);
    const isEnd = short >= 0 && found[short]?.last === undefined;
    return { items: following.flatMap(({ items }) => items), isEnd };
  }

  /**
   * Of the commits from `first` on, as many as suit the memory; undefined if a part of one is not there any more. An item
   * may stand for any number of characters.
   */
  async #texts(items: readonly Item[], { partition, first }: Commits): Promise<readonly string[] | undefined> {
    const texts: string[] = [];
    let characters = 0;
    for (let at = 0; at < items.length && characters < PAGE_CHARACTERS; at += READ_AT_ONCE) {
      const some = items.slice(at, at + READ_AT_ONCE);
      const read = some.map((item, index) => this.#parts.read(item, { partition, of: first + at + index }));
      for (const text of await Promise.all(read)) {
        if (text === undefined) return undefined;
        texts.push(text);
        characters += text.length;
      }
    }
    return texts;
  }

  /** Lists of all functions, and of a name, ask each function that there is. */
  async #noteFunction(name: string): Promise<void> {
    if (this.#functions.has(name)) return;
    await this.#table.put({ [Key.PARTITION]: FUNCTIONS, [Key.SORT]: name });
    this.#functions.add(name);
  }

  /** The attribute that holds when DynamoDB may delete an item, in seconds since the epoch. */
  #ttl(): Item {
    if (this.#ttlDays === undefined) return {};
    return { [Key.TTL]: Math.ceil(this.#now() / 1000) + this.#ttlDays * DAY_SECONDS };
  }
}

interface Write {
  readonly row: Pick<DirectoryRow, "id" | "incarnation">;
  readonly seq: number;
  readonly body: string;
}

interface PageStart {
  readonly id: string;
  readonly incarnation: string;
  readonly from: number;
  readonly head: Item | undefined;
}

interface Commits {
  readonly partition: string;
  readonly first: number;
}

interface Stretched {
  readonly items: readonly Item[];
  /** No commit follows, as far as was seen. */
  readonly isEnd: boolean;
}

function objectOf(held: HeldText | undefined): string | undefined {
  return held !== undefined && "o" in held ? held.o : undefined;
}

function firstKey({ id, incarnation }: Incarnation): Item {
  return { [Key.PARTITION]: logPartition(id, incarnation), [Key.SORT]: commitKey(1) };
}

/** Of a place in the log: whether a commit stands there. */
function hasText(item: Item | undefined): boolean {
  return item !== undefined && !(BARRED in item);
}

function incarnationOf(head: Item | undefined): string {
  const incarnation = head?.["incarnation"];
  return typeof incarnation === "string" ? incarnation : "";
}

function isText(item: Item): item is Item & PackedText {
  return "b" in item || "z" in item || "w" in item;
}
