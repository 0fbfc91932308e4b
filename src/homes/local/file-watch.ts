/** Tells when files change, however an editor writes them: in place, or by another file that takes the name. */

import { type FSWatcher, statSync, watch } from "node:fs";
import { basename, dirname } from "node:path";

/** The time, in ms, for which changes are gathered before they are reported. */
const SETTLE_MS = 100;

export class FileWatch {
  readonly #onChange: () => void;
  /** By folder: a watcher, and when each of its files was changed last. */
  readonly #folders = new Map<string, { readonly watcher: FSWatcher; readonly files: Map<string, number> }>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  add(paths: readonly string[]): void {
    for (const path of paths) this.#filesOf(dirname(path)).set(basename(path), changedAt(path));
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const { watcher } of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  #filesOf(folder: string): Map<string, number> {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known.files;
    const files = new Map<string, number>();
    const watcher = watch(folder, () => this.#look(folder, files));
    // A folder that goes away has nothing to tell any more.
    watcher.on("error", () => watcher.close());
    this.#folders.set(folder, { watcher, files });
    return files;
  }

  #look(folder: string, files: Map<string, number>): void {
    let hasChanged = false;
    for (const [name, before] of files) {
      const now = changedAt(`${folder}/${name}`);
      hasChanged ||= now !== before;
      files.set(name, now);
    }
    if (!hasChanged) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onChange, SETTLE_MS);
  }
}

/** 0 for a file that is not there. */
function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
