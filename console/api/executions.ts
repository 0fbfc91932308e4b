/**
 * Pages of executions, the newest first. A face that searches across functions is asked once a page; of any other, AWS's
 * own among them, each function's list is read, the lists are merged, and what it cannot filter by is filtered here.
 */

import { type ExecutionRow, type Filter, matches, statusOf } from "../model/filter.ts";
import { type Heads, mergeHeads } from "../model/merge-heads.ts";
import { type Page, type PageSource } from "../model/list-store.ts";
import { readFunctionPage, readRowPage, type RowPage } from "./answers.ts";
import { type Face, FaceError, isLacking } from "./face.ts";

/** The most rows in a page of a face. */
const MOST_A_PAGE = 1_000;
const MOST_FUNCTION_PAGES = 100;
/** The number of rows that are looked at before any is shown, where the page itself filters them. */
const LOOKED_AT_ONCE = 5_000;

type Marker = { readonly kind: "search"; readonly marker: string } | { readonly kind: "merged"; readonly heads: Heads };

export class Executions implements PageSource<Marker> {
  readonly #face: Face;
  #names: Promise<readonly string[]> | undefined;
  #canSearch: boolean | undefined;

  constructor(face: Face) {
    this.#face = face;
  }

  /** False where each function's list has to be read; undefined as long as nothing was asked. */
  get canSearch(): boolean | undefined {
    return this.#canSearch;
  }

  /** The functions that can be started. */
  functionNames(): Promise<readonly string[]> {
    this.#names ??= this.#listFunctions().catch((error: unknown) => {
      this.#names = undefined;
      throw error;
    });
    return this.#names;
  }

  async page(filter: Filter, { limit, marker }: { limit: number; marker?: Marker | undefined }): Promise<Page<Marker>> {
    if (marker?.kind === "merged") return this.#merged(filter, limit, marker.heads);
    if (this.#canSearch === false) return this.#merged(filter, limit, undefined);
    try {
      const found = await this.#search(filter, limit, marker?.marker);
      this.#canSearch = true;
      const next: Marker | undefined = found.next === undefined ? undefined : { kind: "search", marker: found.next };
      return { rows: found.rows.filter((row) => matches(row, filter)), looked: found.rows.length, next };
    } catch (error) {
      if (!isLacking(error) || marker !== undefined) throw error;
      this.#canSearch = false;
      return this.#merged(filter, limit, undefined);
    }
  }

  async #search(filter: Filter, limit: number, marker: string | undefined): Promise<RowPage> {
    const { functionName, state, prefix, tag } = filter;
    const query = queryOf(filter, limit, marker);
    if (functionName !== "") query.set("FunctionName", functionName);
    if (prefix !== "") query.set("NamePrefix", prefix);
    if (state === "HALTED" || state === "PAUSED") query.set("Halted", "true");
    // As long as only the key is written, the rows are filtered here.
    if (tag.indexOf("=") > 0) query.set("Tag", tag);
    return readRowPage(await this.#face.json(`/2025-12-01/durable-executions?${query}`));
  }

  /** Reads on until a page is full, or enough was looked at to say so. */
  async #merged(filter: Filter, limit: number, from: Heads | undefined): Promise<Page<Marker>> {
    const names = filter.functionName === "" ? await this.functionNames() : [filter.functionName];
    let heads: Heads | undefined = from ?? new Map(names.map((name) => [name, { rows: [], marker: "" }]));
    const rows: ExecutionRow[] = [];
    let looked = 0;
    while (heads !== undefined && rows.length < limit && looked < LOOKED_AT_ONCE) {
      const filled = await this.#filled(filter, heads, limit);
      const merged = mergeHeads(filled, MOST_A_PAGE);
      looked += merged.rows.length;
      for (const row of merged.rows) if (matches(row, filter)) rows.push(row);
      heads = merged.rest;
    }
    return { rows, looked, next: heads === undefined ? undefined : { kind: "merged", heads } };
  }

  /** With a next page of every function of which no row is left. */
  async #filled(filter: Filter, heads: Heads, limit: number): Promise<Heads> {
    const read = await Promise.all(
      [...heads].map(async ([name, head]) => {
        if (head.rows.length > 0 || head.marker === undefined) return [name, head] as const;
        const { rows, next } = await this.#pageOf(name, filter, limit, head.marker).catch((error: unknown) => {
          if (filter.functionName === "" && isOfOneFunction(error)) return { rows: [], next: undefined };
          throw error;
        });
        return [name, { rows, marker: next }] as const;
      }),
    );
    return new Map(read);
  }

  async #pageOf(name: string, filter: Filter, limit: number, marker: string): Promise<RowPage> {
    const isFiltered = filter.prefix !== "" || filter.tag !== "" || (filter.state ?? "RUNNING") !== "RUNNING";
    const query = queryOf(filter, isFiltered ? MOST_A_PAGE : limit, marker === "" ? undefined : marker);
    return readRowPage(
      await this.#face.json(`/2025-12-01/functions/${encodeURIComponent(name)}/durable-executions?${query}`),
    );
  }

  async #listFunctions(): Promise<readonly string[]> {
    const names: string[] = [];
    let marker = "";
    for (let pages = 0; pages < MOST_FUNCTION_PAGES; pages++) {
      const query = new URLSearchParams(marker === "" ? {} : { Marker: marker });
      const page = readFunctionPage(await this.#face.json(`/2015-03-31/functions/?${query}`));
      names.push(...page.names);
      if (page.next === undefined) break;
      marker = page.next;
    }
    return names;
  }
}

/** AWS lists functions that are not durable, too, and refuses to list their executions. */
function isOfOneFunction(error: unknown): boolean {
  return error instanceof FaceError && (error.status === 400 || error.status === 404);
}

/** The filters that every list of a face has. */
function queryOf({ state, after, before }: Filter, limit: number, marker: string | undefined): URLSearchParams {
  return new URLSearchParams({
    MaxItems: String(Math.min(limit, MOST_A_PAGE)),
    ...(state !== undefined && { Statuses: statusOf(state) }),
    ...(after !== undefined && { StartedAfter: new Date(after).toISOString() }),
    ...(before !== undefined && { StartedBefore: new Date(before).toISOString() }),
    ...(marker !== undefined && { Marker: marker }),
  });
}
