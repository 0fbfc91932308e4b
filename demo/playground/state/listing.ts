import { batch, type Signal, signal } from "@preact/signals";
import type { DirectoryRow, ExecutionStatus } from "perdure/engine";
import { readTag } from "../model/start-options.ts";
import type { ExecutionSource, ListFilter } from "../source/execution-source.ts";

/** Of an execution that has changed, and of a Worker's, in ms. */
const [LOCAL_DELAY_MS, REMOTE_EVERY_MS] = [200, 3_000];
/** After so long without a key a tag that is written counts, in ms. */
const PAUSE_MS = 300;

export interface ListingOptions {
  readonly source: () => ExecutionSource;
  readonly onError: (error: unknown) => void;
}

export interface FilterChange {
  readonly functionName?: string;
  readonly status?: ExecutionStatus | undefined;
  readonly tag?: string;
}

/** The list of executions, and what of it is shown. */
export class Listing {
  readonly rows: Signal<readonly DirectoryRow[]> = signal([]);
  /** The query of the rows, as text. */
  readonly question: Signal<string> = signal("");
  readonly status: Signal<ExecutionStatus | undefined> = signal(undefined);
  readonly functionName: Signal<string> = signal("");
  /** `key=value`, as it is written; as long as there is no `=` in it, it counts for nothing. */
  readonly tag: Signal<string> = signal("");
  /** The functions that executions may be of. */
  readonly functionNames: Signal<readonly string[]> = signal([]);
  readonly #options: ListingOptions;
  #isListing = false;
  #written: ReturnType<typeof setTimeout> | undefined;
  #hasFailed = false;

  constructor(options: ListingOptions) {
    this.#options = options;
    setInterval(() => {
      const isLive = options.source().kind === "remote" && !document.hidden;
      if (isLive && !this.#isListing) void this.#once(() => this.#refresh());
    }, REMOTE_EVERY_MS);
  }

  /** Reads it now; a failure is told. */
  async refresh(): Promise<void> {
    this.#hasFailed = false;
    await this.#refresh();
  }

  /** Soon, and once for all that happens until then. */
  refreshSoon(): void {
    if (this.#isListing || this.#options.source().kind === "remote") return;
    void this.#once(async () => {
      await new Promise((next) => setTimeout(next, LOCAL_DELAY_MS));
      this.#isListing = false;
      if (this.#options.source().kind === "local") await this.refresh();
    });
  }

  filter(change: FilterChange): void {
    if (change.functionName !== undefined) this.functionName.value = change.functionName;
    if ("status" in change) this.status.value = change.status;
    if (change.tag === undefined) return void this.refresh();
    this.tag.value = change.tag;
    clearTimeout(this.#written);
    this.#written = setTimeout(() => void this.refresh(), PAUSE_MS);
  }

  get isFiltered(): boolean {
    return Object.keys(this.#filter).length > 0;
  }

  get #filter(): ListFilter {
    const [functionName, status, tag] = [this.functionName.value, this.status.value, this.tag.value];
    return {
      ...(functionName !== "" && { functionName }),
      ...(status !== undefined && { status }),
      ...(tag.includes("=") && { tag: readTag(tag) }),
    };
  }

  clear(): void {
    batch(() => {
      this.rows.value = [];
      this.functionNames.value = [];
      this.functionName.value = "";
      this.status.value = undefined;
      this.tag.value = "";
    });
  }

  /** A list that is filtered does not show the other functions, which are still there. */
  knowFunctions(names: readonly string[]): void {
    const known = new Set([...this.functionNames.value, ...names]);
    if (known.size > this.functionNames.value.length) this.functionNames.value = [...known].toSorted();
  }

  async #once(work: () => Promise<void>): Promise<void> {
    this.#isListing = true;
    try {
      await work();
    } finally {
      this.#isListing = false;
    }
  }

  async #refresh(): Promise<void> {
    const source = this.#options.source();
    const filter = this.#filter;
    const asked = JSON.stringify(filter);
    try {
      const [rows, names] = await Promise.all([source.list(filter), source.functionNames()]);
      // The answer to another question than the one that is asked now.
      if (source !== this.#options.source()) return;
      if (asked !== JSON.stringify(this.#filter)) return;
      this.#hasFailed = false;
      batch(() => {
        this.rows.value = rows;
        this.question.value = asked;
        this.knowFunctions([...names, ...rows.map((row) => row.functionName)]);
      });
    } catch (error) {
      // Once: a list that is read every few seconds would say it again and again.
      if (!this.#hasFailed) this.#options.onError(error);
      this.#hasFailed = true;
    }
  }
}
