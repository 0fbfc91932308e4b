/**
 * The source of the executions that are shown: this browser, or a Worker. The connection is kept for this tab's
 * session, its token too, so that it outlives a reload; it is in no link, and gone with the tab.
 */

import { type Signal, signal } from "@preact/signals";
import type { ExecutionSource } from "../source/execution-source.ts";
import type { LocalSource } from "../source/local-source.ts";
import { type RemoteOptions, RemoteSource } from "../source/remote-source.ts";

const KEY = "perdure.playground.worker";

export class Connection {
  /** The address of the Worker; undefined for this browser. */
  readonly address: Signal<string | undefined> = signal(undefined);
  readonly #local: LocalSource;
  readonly #storage: Storage;
  #remote: RemoteSource | undefined;

  constructor(local: LocalSource, storage: Storage) {
    this.#local = local;
    this.#storage = storage;
  }

  get source(): ExecutionSource {
    return this.#remote ?? this.#local;
  }

  get isRemote(): boolean {
    return this.address.value !== undefined;
  }

  /** The Worker. @throws if there is none. */
  get remote(): RemoteSource {
    if (this.#remote === undefined) throw new Error("No Worker is connected.");
    return this.#remote;
  }

  /** The connection that this tab had before the page was loaded again. */
  get remembered(): RemoteOptions | undefined {
    try {
      return (JSON.parse(this.#storage.getItem(KEY) ?? "null") as RemoteOptions | null) ?? undefined;
    } catch {
      return undefined;
    }
  }

  /** @throws what keeps it from being read; then nothing has changed. */
  async connect(options: RemoteOptions): Promise<void> {
    const remote = new RemoteSource(options);
    try {
      await remote.list({});
    } catch (error) {
      remote.close();
      throw error;
    }
    this.#remote?.close();
    this.#remote = remote;
    this.address.value = options.address;
    this.#storage.setItem(KEY, JSON.stringify(options));
  }

  disconnect(): void {
    this.#storage.removeItem(KEY);
    this.#remote?.close();
    this.#remote = undefined;
    this.address.value = undefined;
  }
}
