/**
 * What changes, told to everybody: to this tab at once, to the other tabs by a message. Messages are hints and nothing
 * else. They may be lost with a tab that sleeps or dies, so whoever hears one looks into the log, and whoever has been
 * away looks there without one.
 */

import type { Halt } from "../../engine/model/execution.ts";
import type { Host } from "../../engine/ports/host.ts";
import type { StoreChange } from "./indexeddb-store.ts";

export type Change =
  | StoreChange
  /** An execution waits for room, or goes on: known only to the tab that runs it. */
  | { readonly kind: "pause"; readonly id: string; readonly pause: Halt | undefined }
  /** A tab has come up or come back: it knows of no pause, and of nothing that changed meanwhile. */
  | { readonly kind: "hello" }
  /** Somebody asks that a paused execution be tried again. */
  | { readonly kind: "resume"; readonly id: string };

export type ChangeListener = (change: Change, from: "here" | "elsewhere") => void;

/**
 * How often other tabs hear of commits to one execution, in ms, when one follows the other. A message goes through the
 * browser's own process, which one for each commit would keep busy.
 */
const HINT_MS = 50;

type CommitChange = Extract<Change, { kind: "commit" }>;

interface Hints {
  readonly toldAt: number;
  /** What came too soon after that. */
  newest?: CommitChange;
}

export class ChangeFeed {
  readonly #name: string;
  readonly #host: Pick<Host, "now" | "timer">;
  readonly #listeners = new Set<ChangeListener>();
  /** What other tabs were last told of the executions that this one writes to. */
  readonly #hints = new Map<string, Hints>();
  #channel: BroadcastChannel | undefined;

  constructor(name: string, host: Pick<Host, "now" | "timer">) {
    this.#name = name;
    this.#host = host;
  }

  /** Whether changes in other tabs are heard of. */
  get hearsOthers(): boolean {
    return this.#channel !== undefined;
  }

  /** Listens to other tabs, and tells them that this one is here. What changed before is not known. */
  open(): void {
    this.stir();
    if (this.#channel !== undefined) return;
    this.#channel = channelOf(this.#name);
    if (this.#channel === undefined) return;
    this.#channel.onmessage = ({ data }: MessageEvent<Change>) => this.#tell(data, "elsewhere");
    this.#channel.postMessage({ kind: "hello" } satisfies Change);
  }

  /** An open channel may keep a page that is left out of the back/forward cache. */
  close(): void {
    for (const id of [...this.#hints.keys()]) this.#catchUp(id);
    this.#channel?.close();
    this.#channel = undefined;
  }

  /** Tells this tab that anything may have changed. */
  stir(): void {
    this.#tell({ kind: "hello" }, "here");
  }

  announce(change: Change): void {
    this.#tell(change, "here");
    if (change.kind === "commit") return this.#hint(change);
    // A pause comes after the last commit before it, and ends with the first one after it.
    if (change.kind !== "hello") this.#catchUp(change.kind === "row" ? change.row.id : change.id);
    this.#channel?.postMessage(change);
  }

  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #catchUp(id: string): void {
    const newest = this.#hints.get(id)?.newest;
    this.#hints.delete(id);
    if (newest !== undefined) this.#channel?.postMessage(newest);
  }

  /** The first commit is told at once, and of those that follow too soon the last one. */
  #hint(change: CommitChange): void {
    const { id } = change;
    const hints = this.#hints.get(id);
    const now = this.#host.now();
    const next = hints === undefined ? now : hints.toldAt + HINT_MS;
    if (hints === undefined || now >= next || now < hints.toldAt) {
      this.#hints.set(id, { toldAt: now });
      this.#channel?.postMessage(change);
      return;
    }
    if (hints.newest === undefined) this.#host.timer(next, () => this.#hintAgain(id, hints));
    hints.newest = change;
  }

  #hintAgain(id: string, hints: Hints): void {
    if (this.#hints.get(id) === hints && hints.newest !== undefined) this.#hint(hints.newest);
  }

  #tell(change: Change, from: "here" | "elsewhere"): void {
    for (const listener of this.#listeners) listener(change, from);
  }
}

/** None where there is none, and where site data is blocked: then the page hears nobody, and looks more often. */
function channelOf(name: string): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(name);
  } catch {
    return undefined;
  }
}
