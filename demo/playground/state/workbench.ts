/** The code in the editor: what it is, where it came from, and as what it is to run. */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { compile } from "../editor/compile.ts";
import type { Example } from "../examples/catalogue.ts";
import { fromHash, type SharedCode, toHash } from "../model/share-link.ts";
import { readStart, type StartWith } from "../model/start-options.ts";
import type { Program, ProgramFailure } from "../sandbox/protocol.ts";
import type { Code } from "../source/program-shelf.ts";
import { type Draft, type DraftChange, Drafts, startOf } from "./drafts.ts";
import { messageOf } from "../../../console/views/model/message-of.ts";

export interface CodeError {
  readonly message: string;
  readonly line: number | undefined;
}

/** The code of an execution, shown because that was chosen. */
export interface ShownFor {
  readonly executionId: string;
  /** True if the file was edited since: the edit is kept, and can be come back to. */
  readonly hasOther: boolean;
}

export class Workbench {
  readonly #drafts: Drafts;
  readonly draft: ReadonlySignal<Draft>;
  readonly codeError: Signal<CodeError | undefined> = signal(undefined);
  readonly shownFor: Signal<ShownFor | undefined> = signal(undefined);

  /** A line that was pointed at, anew with each press. */
  readonly pointedAt: Signal<{ readonly line: number } | undefined> = signal(undefined);

  constructor(storage: Storage) {
    this.#drafts = new Drafts(storage);
    this.draft = this.#drafts.current;
  }

  edit(change: DraftChange): void {
    this.#drafts.edit(change);
    this.#changed();
  }

  open(example: Example): void {
    this.#drafts.open(example);
    this.#changed();
  }

  /** Puts an example back to how it was written. */
  reset(example: Example): void {
    this.#drafts.reset(example);
    this.#changed();
  }

  /** Shows the code that an execution runs with; what was edited of its file is kept. */
  showCodeOf(executionId: string, code: Code | undefined): void {
    if (code === undefined) return;
    const shown = this.draft.value;
    if (code.file === shown.file && code.code === shown.code) return;
    const start = code.file === shown.file ? startOf(shown) : this.#drafts.startOf(code.file);
    this.#drafts.show({ ...code, ...(start ?? { payload: shown.payload }) });
    this.codeError.value = undefined;
    this.shownFor.value = { executionId, hasOther: this.#drafts.left !== undefined };
  }

  /** Back from the code of an execution to the file as it was left. */
  comeBack(): void {
    const { left } = this.#drafts;
    if (left !== undefined) this.#drafts.show(left);
    this.#changed();
  }

  /** Takes up the code of a link, marked as somebody else's. @throws {ForeignDataError} */
  async takeLink(hash: string): Promise<boolean> {
    const shared = await fromHash(hash);
    if (shared === undefined) return false;
    this.#drafts.show({ ...shared, file: await foreignName(shared), isForeign: true });
    return true;
  }

  /** From now on somebody else's code counts as one's own, under another name. */
  adopt(): void {
    const { isForeign: _was, file, ...rest } = this.draft.value;
    this.edit({ ...rest, file: file.replace(FOREIGN, ".mine-"), isForeign: false });
  }

  pointAt(line: number): void {
    this.pointedAt.value = { line };
  }

  /** A link to the code of the editor. */
  async share(): Promise<string> {
    const { file, ...rest } = this.draft.value;
    const url = new URL(location.href);
    url.hash = await toHash({ ...rest, file: file.replace(FOREIGN_NAME, ".ts") });
    return url.href;
  }

  /** The event of the next start. @throws if it is no JSON. */
  get payload(): string {
    const { payload } = this.draft.value;
    try {
      JSON.parse(payload);
    } catch (error) {
      throw new Error(`The payload is not JSON: ${messageOf(error)}`, { cause: error });
    }
    return payload;
  }

  /** With what else. `now` in ms since the epoch. @throws for what cannot be. */
  startWith(now: number): StartWith {
    return readStart(this.draft.value, now);
  }

  /** The code as a script. @throws at a line that is no code, and shows it there. */
  compile(): Program {
    const { file, code, isForeign } = this.draft.value;
    const compiled = compile(code);
    if ("script" in compiled) return { file, code, script: compiled.script, ...(isForeign === true && { isForeign }) };
    const line = code.slice(0, compiled.problem.from).split("\n").length;
    this.codeError.value = { message: compiled.problem.message, line };
    throw new Error(`Line ${line}: ${compiled.problem.message}`);
  }

  /** Shows at its line why code could not be loaded. */
  unloadable({ message, line }: ProgramFailure): Error {
    this.codeError.value = { message, line };
    return new Error(message);
  }

  #changed(): void {
    this.codeError.value = undefined;
    this.shownFor.value = undefined;
  }
}

const FOREIGN = ".link-";
const FOREIGN_NAME = /\.(?:link|mine)-[0-9a-f]{16}\.ts$/;

/** A name that no file of one's own has: code of a link must not take the place of a file. */
async function foreignName({ file, code }: SharedCode): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${file}\n${code}`));
  const hex = Array.from(new Uint8Array(digest).subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0"));
  return `${file.replace(/\.ts$/, "").replace(FOREIGN_NAME, "")}${FOREIGN}${hex.join("")}.ts`;
}
