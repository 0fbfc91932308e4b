/**
 * What changes, told to everybody: to this tab at once, to the other tabs by a message. Messages are hints and nothing
 * else. They may be lost with a tab that sleeps or dies, so whoever hears one looks into the log, and whoever has been
 * away looks there without one.
 */

import type { Halt } from "../../engine/model/execution.ts";
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

export class ChangeFeed {
  readonly #name: string;
  readonly #listeners = new Set<ChangeListener>();
  #channel: BroadcastChannel | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  /** Whether changes in other tabs are heard of. */
  get hearsOthers(): boolean {
    return this.#channel !== undefined;
  }

  /** Listens to other tabs, and tells them that this one is here. What changed before is not known. */
  open(): void {
    this.stir();
    if (this.#channel !== undefined || typeof BroadcastChannel === "undefined") return;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }: MessageEvent<Change>) => this.#tell(data, "elsewhere");
    this.#channel.postMessage({ kind: "hello" } satisfies Change);
  }

  /** An open channel may keep a page that is left out of the back/forward cache. */
  close(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }

  /** Tells this tab that anything may have changed. */
  stir(): void {
    this.#tell({ kind: "hello" }, "here");
  }

  announce(change: Change): void {
    this.#tell(change, "here");
    this.#channel?.postMessage(change);
  }

  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(change: Change, from: "here" | "elsewhere"): void {
    for (const listener of this.#listeners) listener(change, from);
  }
}
