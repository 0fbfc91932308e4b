/**
 * The log of one execution as one table of one object. A commit is one row, whose key is its number times the most parts
 * a commit may have; only a body too large for a row takes more, under the keys that follow. The snapshot is in the
 * places of commit 0, which there is not. There is no index beside the key and no second table, because each costs a
 * billed row for every write.
 *
 * Everything here is synchronous. Writes without a turn of the event loop between them share one transaction, and the
 * platform holds whatever leaves the object until they are durable, so there is no need to wait for them.
 */

import type { LogPage } from "../../engine/ports/execution-store.ts";
import { guardSpace } from "./storage-full.ts";
import { joinPart, splitBody, type BodyPart } from "./body-parts.ts";

/** Places reserved for each commit: room for 2.4 billion characters. */
const PARTS_PER_COMMIT = 4_096;

/** Few enough for memory if each of them is as large as a row may be. */
const ROWS_AT_ONCE = 32;

/** A page ends after the commit that passes this, in UTF-16 units, to bound the memory that a read takes. */
const UNITS_PER_PAGE = 4_000_000;

const REPLACE = "INSERT INTO commits (place, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body";
const SELECT = "SELECT place, body FROM commits WHERE place > ? AND place < ? ORDER BY place LIMIT ?";
const INSERT = "INSERT INTO commits (place, body) VALUES (?, ?) ON CONFLICT DO NOTHING";

export type LogStorage = Pick<DurableObjectStorage, "sql" | "transactionSync">;

interface Row extends Record<string, SqlStorageValue> {
  place: number;
  body: BodyPart;
}

export class CommitLog {
  readonly #storage: LogStorage;
  /** The number of the last commit, once it was looked up. The log has one writer at a time: its object. */
  #head: number | undefined;

  constructor(storage: LogStorage) {
    this.#storage = storage;
  }

  /** Starts an empty log in place of what there was. */
  reset(): void {
    this.drop();
    this.#storage.sql.exec("CREATE TABLE commits (place INTEGER PRIMARY KEY, body NOT NULL)");
    this.#head = 0;
  }

  drop(): void {
    this.#storage.sql.exec("DROP TABLE IF EXISTS commits");
    this.#head = undefined;
  }

  /** Writes commit `seq` if nobody has, and says whether it did. Refuses a number that would leave a gap. */
  write(seq: number, body: string): boolean {
    const head = (this.#head ??= this.#lookUpHead());
    if (seq > head + 1) throw new RangeError(`commit ${seq} cannot follow commit ${head}`);
    const written = this.#writeParts(seq * PARTS_PER_COMMIT, splitBody(body));
    if (written) this.#head = Math.max(head, seq);
    return written;
  }

  /** The log must exist. */
  read(from: number, limit: number = Number.POSITIVE_INFINITY): LogPage {
    const bodies: string[] = [];
    let size = 0;
    for (const { place, body } of this.#rows(from, from + limit)) {
      const text = joinPart(body);
      if (place % PARTS_PER_COMMIT !== 0) bodies.push(bodies.pop() + text);
      else if (size < UNITS_PER_PAGE) bodies.push(text);
      else return { bodies, next: place / PARTS_PER_COMMIT };
      size += text.length;
    }
    const next = from + bodies.length;
    const mayGoOn = bodies.length === limit && next <= (this.#head ??= this.#lookUpHead());
    return mayGoOn ? { bodies, next } : { bodies };
  }

  /** Keeps a text in place of the one before. The log must exist. */
  keepSnapshot(snapshot: string): void {
    const parts = splitBody(snapshot);
    this.#storage.transactionSync(() => {
      const { sql } = this.#storage;
      for (const [place, part] of parts.entries()) guardSpace(() => sql.exec(REPLACE, place, part));
      sql.exec("DELETE FROM commits WHERE place >= ? AND place < ?", parts.length, PARTS_PER_COMMIT);
    });
  }

  /** The log must exist. */
  snapshot(): string | undefined {
    const parts = Array.from(this.#rows(0, 1), ({ body }) => joinPart(body));
    return parts.length === 0 ? undefined : parts.join("");
  }

  /**
   * The rows of commits `from` to `end`, the latter left out. Some at a time, each time to the end of the cursor: one that
   * is left open locks the table, and the log could not be dropped.
   */
  *#rows(from: number, end: number): Generator<Row, void, undefined> {
    let last = from * PARTS_PER_COMMIT - 1;
    for (;;) {
      const rows = this.#storage.sql.exec<Row>(SELECT, last, end * PARTS_PER_COMMIT, ROWS_AT_ONCE).toArray();
      yield* rows;
      if (rows.length < ROWS_AT_ONCE) return;
      last = rows.at(-1)?.place ?? last;
    }
  }

  #writeParts(place: number, parts: readonly BodyPart[]): boolean {
    const [first] = parts;
    if (parts.length === 1 && first !== undefined) return this.#insert(place, first);
    return this.#storage.transactionSync(() => parts.every((part, index) => this.#insert(place + index, part)));
  }

  #insert(place: number, part: BodyPart): boolean {
    return guardSpace(() => this.#storage.sql.exec(INSERT, place, part).rowsWritten > 0);
  }

  #lookUpHead(): number {
    const [row] = this.#storage.sql.exec<{ place: number | null }>("SELECT max(place) AS place FROM commits");
    return Math.floor((row?.place ?? 0) / PARTS_PER_COMMIT);
  }
}
