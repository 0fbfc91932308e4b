/**
 * The code that executions of this browser were started with, by file. It outlives a reload, so that what runs goes on
 * with it; nothing gets here but by somebody pressing Run.
 */

import type { Program } from "../sandbox/protocol.ts";

const KEY = "perdure.playground.programs";

interface Shelved {
  readonly program: Program;
  readonly previous?: string;
}

export class ProgramShelf {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  get programs(): readonly Program[] {
    return Object.values(this.#read()).map(({ program }) => program);
  }

  /** The code that a file had before the present one. */
  previousCode(file: string): string | undefined {
    return this.#read()[file]?.previous;
  }

  /** True if it was not there like this. */
  put(program: Program): boolean {
    const shelf = this.#read();
    const known = shelf[program.file];
    if (known?.program.script === program.script) return false;
    const kept: Shelved = known === undefined ? { program } : { program, previous: known.program.code };
    this.#storage.setItem(KEY, JSON.stringify({ ...shelf, [program.file]: kept }));
    return true;
  }

  #read(): Record<string, Shelved> {
    try {
      return JSON.parse(this.#storage.getItem(KEY) ?? "{}") as Record<string, Shelved>;
    } catch {
      return {};
    }
  }
}
