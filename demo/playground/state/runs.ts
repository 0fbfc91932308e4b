/** The actions of the controls on the executions of this browser and the code that they run. */

import { type Signal, signal } from "@preact/signals";
import type { ExecutionFile } from "perdure/browser";
import type { ExecutionHeader } from "perdure/engine";
import { type Breach, partingOf } from "../model/breach.ts";
import { readLogFile } from "../model/imported-log.ts";
import type { Program } from "../sandbox/protocol.ts";
import type { LocalSource } from "../source/local-source.ts";
import type { CodeWatch } from "./code-watch.ts";
import type { Selection } from "./selection.ts";
import type { Workbench } from "./workbench.ts";

/** The verdict whether the code of the editor makes the calls of a log. */
export interface Verdict {
  /** The execution whose log it is. */
  readonly executionId: string;
  readonly matches: boolean;
  /** The commit up to which it was replayed. */
  readonly seq: number;
  readonly difference: string;
  /** Set when the code calls something else than the log has. */
  readonly parting: Breach | undefined;
}

export interface RunsOptions {
  readonly local: LocalSource;
  readonly bench: Workbench;
  readonly selection: Selection;
  readonly watch: CodeWatch;
}

/** Replaying from every commit costs the square of the log's length. */
const MOST_PREFIXES = 200;

export class Runs {
  /** The result of holding a log against the code of the editor. */
  readonly verdict: Signal<Verdict | undefined> = signal(undefined);
  readonly #options: RunsOptions;
  /** Executions whose lines were looked for, so that it is done once. */
  readonly #traced = new Set<string>();

  constructor(options: RunsOptions) {
    this.#options = options;
  }

  /** Starts an execution of the editor's function that was chosen, or of its first; answers its id. */
  async start(): Promise<string> {
    const { local, bench } = this.#options;
    const input = bench.payload;
    const startWith = bench.startWith(local.clock.now());
    const { functionName: chosen } = bench.draft.value;
    const program = await this.#load();
    const names = local.pool.functionsOf(program);
    const functionName = names.find((each) => each === chosen) ?? names[0];
    if (functionName === undefined) {
      throw new Error("The code exports no function: export what withDurableExecution returns.");
    }
    return local.startIn(program, { functionName, input, ...startWith });
  }

  /** New workers, with the code of the editor. */
  async restart(): Promise<void> {
    const { local, bench } = this.#options;
    const program = bench.compile();
    await local.restart(program);
    this.#assertLoaded(program);
  }

  /** Goes on with the selected execution, which is halted, with the code of the editor; answers the name of its file. */
  async resume(): Promise<string> {
    const { local, selection } = this.#options;
    const id = selection.required;
    const program = await this.#loadFor(id);
    local.shelf.bind(id, program);
    await local.resume(id);
    return program.file;
  }

  /** A fork of the selected execution, which goes on from before an operation with the code of the editor. */
  async restartFrom(operationId: string): Promise<{ readonly id: string; readonly file: string }> {
    const { local, selection } = this.#options;
    const source = selection.required;
    const program = await this.#loadFor(source);
    return { id: await local.fork(source, operationId, program), file: program.file };
  }

  /** Takes the selected execution back to before an operation, to go on with the code of the editor; answers its file. */
  async rewind(operationId: string): Promise<string> {
    const { local, selection } = this.#options;
    const id = selection.required;
    const program = await this.#loadFor(id);
    await local.rewind(id, operationId);
    local.shelf.bind(id, program);
    return program.file;
  }

  /** Lets the code of the selected execution, which came with a link at an earlier visit, go on. */
  async admit(): Promise<void> {
    const { local, selection } = this.#options;
    const program = local.shelf.foreign(local.shelf.foreignFileOf(selection.required) ?? "");
    if (program === undefined)
      throw new Error("The code of this execution is not known any more. Open its link again.");
    await local.admit(program);
  }

  async purge(): Promise<void> {
    const { local, selection, watch } = this.#options;
    const id = selection.required;
    await local.purge(id);
    watch.lines.forget(id);
    selection.clear();
  }

  /** Holds the selected log against the code of the editor. */
  async rehearse(): Promise<void> {
    const { local, bench, selection, watch } = this.#options;
    const executionId = selection.required;
    const { header, bodies } = selection.view.value;
    const answer = await local.pool.rehearse(bench.compile(), bodies, {
      functionName: header?.functionName ?? "",
      fromEveryCommit: bodies.length <= MOST_PREFIXES,
      events: watch.rehearsalEvents,
    });
    if (!("matches" in answer)) throw bench.unloadable(answer);
    const { matches, seq = 0, difference = "" } = answer;
    const parting = matches ? undefined : partingOf(difference, selection.view.value, watch.sites.of(executionId));
    this.verdict.value = { executionId, matches, seq, difference, parting };
  }

  exportLog(): { readonly name: string; readonly text: string } {
    const { bodies, header } = this.#options.selection.view.value;
    const file: ExecutionFile = { format: "perdure-execution", version: 1, log: bodies };
    return { name: `${header?.name ?? "execution"}.json`, text: `${JSON.stringify(file, null, 1)}\n` };
  }

  /** Answers the id of the execution with that log. */
  async importLog(file: File): Promise<string> {
    return this.#options.local.addLog(await readLogFile(file));
  }

  /** Finds the lines of an execution that ended before this page was opened: by replaying it, which runs no step. */
  async findLines(): Promise<void> {
    const { local, selection, watch } = this.#options;
    const id = selection.id.value;
    const { header, bodies, isEnded } = selection.view.value;
    if (id === undefined || header === undefined || !isEnded) return;
    if (watch.sites.has(id) || this.#traced.has(id) || !local.pool.hasCode(id, header.functionName)) return;
    this.#traced.add(id);
    await local.pool.replay(id, bodies, { functionName: header.functionName }).catch(() => undefined);
  }

  /** The editor's code, where its functions run. */
  async #load(): Promise<Program> {
    const { local, bench } = this.#options;
    const program = bench.compile();
    await local.load(program);
    this.#assertLoaded(program);
    return program;
  }

  #assertLoaded(program: Program): void {
    const failure = this.#options.local.pool.failureOf(program);
    if (failure !== undefined) throw this.#options.bench.unloadable(failure);
  }

  /** The editor's code, to go on with what an execution has done. @throws if it is not for that one. */
  async #loadFor(executionId: string): Promise<Program> {
    const { local, bench, selection } = this.#options;
    const program = bench.compile();
    if (program.isForeign === true && local.shelf.foreignFileOf(executionId) !== program.file) {
      throw new Error(
        "The code in the editor came with a link, and this execution is not its own: it would be shown all that this " +
          "one has recorded. Make the code yours first.",
      );
    }
    const loaded = await this.#load();
    assertHas(local.pool.functionsOf(loaded), selection.view.value.header, loaded.file);
    return loaded;
  }
}

function assertHas(functions: readonly string[], header: ExecutionHeader | undefined, file: string): void {
  if (header === undefined || functions.includes(header.functionName)) return;
  const has = functions.length === 0 ? "no function" : functions.join(", ");
  throw new Error(
    `This execution is one of “${header.functionName}”, and the code in the editor (${file}) exports ${has}. ` +
      "Choose the execution in the list: that shows its code.",
  );
}
