/**
 * The code that executions of this browser run with, by file, and the code that each of them ran with last. It outlives
 * a reload, so that what runs goes on with it; nothing gets here but by somebody pressing a button for it.
 */

import type { Program } from "../sandbox/protocol.ts";

const PROGRAMS_KEY = "perdure.playground.programs";
const CODES_KEY = "perdure.playground.codes";
/** Older ones are let go: what ran with them shows its log, and no code. */
const MOST_CODES = 60;

interface Shelved {
  readonly program: Program;
  readonly previous?: string;
}

/** A file as it was at some time. */
export type Code = Pick<Program, "file" | "code" | "isForeign">;

interface Codes {
  /** By key, the newest last. */
  readonly versions: Readonly<Record<string, Code>>;
  /** The key of each execution, and the file if it is somebody else's. */
  readonly executions: Readonly<Record<string, { readonly key: string; readonly foreign?: string }>>;
}

export class ProgramShelf {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Own programs; of two with a function of the same name the later one counts. */
  get own(): readonly Program[] {
    return this.#programs().filter(({ isForeign }) => isForeign !== true);
  }

  foreign(file: string): Program | undefined {
    return this.#programs().find((program) => program.isForeign === true && program.file === file);
  }

  /** The code that a file had before the present one. */
  previousCode(file: string): string | undefined {
    return this.#read()[file]?.previous;
  }

  /** Makes a program the newest of all. */
  put(program: Program): void {
    const { [program.file]: known, ...others } = this.#read();
    const previous = known?.program.script === program.script ? known.previous : known?.program.code;
    const kept: Shelved = { program, ...(previous !== undefined && { previous }) };
    this.#write(PROGRAMS_KEY, { ...others, [program.file]: kept });
  }

  /** Notes that an execution runs with this code now. */
  bind(executionId: string, { file, code, isForeign }: Code): void {
    const { versions, executions } = this.#codes();
    const key = `${file} ${checksum(code)}`;
    const bound = executions[executionId];
    if (bound?.key === key && versions[key] !== undefined) return;
    const foreign = isForeign === true ? { foreign: file } : {};
    const all = { ...versions, [key]: { file, code, ...(isForeign === true && { isForeign }) } };
    const kept = Object.fromEntries(Object.entries(all).slice(-MOST_CODES));
    this.#write(CODES_KEY, { versions: kept, executions: { ...executions, [executionId]: { key, ...foreign } } });
  }

  /** The code that an execution ran with last, if it is still known. */
  codeOf(executionId: string): Code | undefined {
    const { versions, executions } = this.#codes();
    return versions[executions[executionId]?.key ?? ""];
  }

  /** The file of somebody else's that an execution belongs to; undefined for an execution of one's own. */
  foreignFileOf(executionId: string): string | undefined {
    return this.#codes().executions[executionId]?.foreign;
  }

  forget(executionId: string): void {
    const { versions, executions } = this.#codes();
    const { [executionId]: _gone, ...others } = executions;
    this.#write(CODES_KEY, { versions, executions: others });
  }

  #programs(): readonly Program[] {
    return Object.values(this.#read()).map(({ program }) => program);
  }

  #read(): Record<string, Shelved> {
    return this.#parse<Record<string, Shelved>>(PROGRAMS_KEY) ?? {};
  }

  #codes(): Codes {
    return this.#parse<Codes>(CODES_KEY) ?? { versions: {}, executions: {} };
  }

  #parse<T>(key: string): T | undefined {
    try {
      return (JSON.parse(this.#storage.getItem(key) ?? "null") as T | null) ?? undefined;
    } catch {
      return undefined;
    }
  }

  #write(key: string, value: unknown): void {
    this.#storage.setItem(key, JSON.stringify(value));
  }
}

/** Tells versions of one's own file apart: 53 bits, after cyrb53. */
function checksum(text: string): string {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 2_654_435_761);
    low = Math.imul(low ^ unit, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return (4_294_967_296 * (2_097_151 & low) + (high >>> 0)).toString(36);
}
