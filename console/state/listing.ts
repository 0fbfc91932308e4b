/** A list of executions: read page by page as far as somebody looks, and kept up with what happens. */

import { batch, type Signal, signal } from "@preact/signals";
import { messageOf } from "../views/model/message-of.ts";
import type { ExecutionRow, Filter } from "../model/filter.ts";
import { appended, type PageSource, reread } from "../model/list-store.ts";

const PAGE = 200;
/** As many as a face gives at once, for reading all of them. */
const LARGE_PAGE = 1_000;
/** Rows are kept up to this number; what lies beyond is a list of its own. */
export const MOST_ROWS = 100_000;

/** The rows on the screen, by their places. */
export interface Seen {
  readonly first: number;
  readonly last: number;
}

export class Listing<Marker> {
  readonly rows: Signal<readonly ExecutionRow[]> = signal([]);
  readonly isLoading: Signal<boolean> = signal(false);
  /** All rows have been read. */
  readonly isWhole: Signal<boolean> = signal(false);
  readonly error: Signal<string | undefined> = signal(undefined);
  /** The number of rows that were looked at, of a list that the page itself filters. */
  readonly looked: Signal<number> = signal(0);
  readonly filter: Filter;
  readonly #source: PageSource<Marker>;
  #marker: Marker | undefined;
  #isClosed = false;

  constructor(source: PageSource<Marker>, filter: Filter) {
    this.#source = source;
    this.filter = filter;
  }

  /** The list that goes on where this one has as many rows as it keeps; undefined for one that has them all, or not yet so many. */
  get older(): Filter | undefined {
    const last = this.rows.value.at(-1);
    if (this.isWhole.value || last === undefined || this.rows.value.length < MOST_ROWS) return undefined;
    return last.startedAt === this.filter.before ? undefined : { ...this.filter, before: last.startedAt };
  }

  /** Reads the next page, unless one is being read or there is none. */
  async more(limit: number = PAGE): Promise<void> {
    if (this.isLoading.value || this.isWhole.value || this.rows.value.length >= MOST_ROWS) return;
    this.isLoading.value = true;
    try {
      const { rows, looked, next } = await this.#source.page(this.filter, { limit, marker: this.#marker });
      if (this.#isClosed) return;
      this.#marker = next;
      batch(() => {
        this.rows.value = appended(this.rows.value, rows);
        this.looked.value += looked;
        this.isWhole.value = next === undefined;
        this.error.value = undefined;
        this.isLoading.value = false;
      });
      // Of a page in which nothing was found, the next one is what was asked for.
      if (rows.length === 0 && next !== undefined) await this.more(limit);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Reads on to the end, or to `most` rows. Answers the rows. */
  async all(most: number, isWanted: () => boolean): Promise<readonly ExecutionRow[]> {
    while (!this.isWhole.value && this.rows.value.length < most && isWanted() && !this.#isClosed) {
      if (this.isLoading.value) await new Promise((resolve) => setTimeout(resolve, 20));
      else await this.more(LARGE_PAGE);
      if (this.error.value !== undefined) throw new Error(this.error.value);
    }
    return this.rows.value.slice(0, most);
  }

  /** Reads anew what is at the top, and what is on the screen. */
  async refresh({ first, last }: Seen): Promise<void> {
    if (this.isLoading.value) return;
    try {
      await this.#refreshTop();
      const [top, bottom] = [this.rows.value[first], this.rows.value[last]];
      if (top !== undefined && bottom !== undefined && first > 0)
        await this.#refreshPart(top, bottom, last - first + 1);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Nobody looks any more. */
  close(): void {
    this.#isClosed = true;
  }

  async #refreshTop(): Promise<void> {
    const { rows, next } = await this.#source.page(this.filter, { limit: PAGE });
    const oldest = next === undefined ? Number.NEGATIVE_INFINITY : rows.at(-1)?.startedAt;
    // Nothing was found before looking further would have taken too long.
    if (oldest === undefined) return;
    this.#replace(rows, { oldest });
  }

  async #refreshPart(top: ExecutionRow, bottom: ExecutionRow, count: number): Promise<void> {
    const [newest, oldest] = [top.startedAt, bottom.startedAt];
    const { rows, next } = await this.#source.page({ ...this.filter, after: oldest, before: newest }, { limit: count });
    const until = next === undefined ? oldest : rows.at(-1)?.startedAt;
    if (until === undefined) return;
    this.#replace(rows, { newest, oldest: until });
  }

  #replace(rows: readonly ExecutionRow[], bounds: { readonly newest?: number; readonly oldest: number }): void {
    if (this.#isClosed || this.isLoading.value) return;
    batch(() => {
      this.rows.value = reread(this.rows.value, { rows, ...bounds });
      this.error.value = undefined;
    });
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return;
    batch(() => {
      this.error.value = messageOf(error);
      this.isLoading.value = false;
    });
  }
}
