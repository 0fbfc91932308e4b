/**
 * The functions of an emulator: what the files export, each in processes of its own. When a file changes, or one that it
 * imports, new invocations run the new code. Code that cannot be loaded changes nothing until it has been mended.
 */

import { relative } from "node:path";
import type { FunctionVersions } from "../../engine/runner/function.ts";
import { LATEST } from "../../engine/runner/function.ts";
import { Environment, type EnvironmentOptions, type Told } from "./environment.ts";
import { EnvironmentPool } from "./environment-pool.ts";
import { FileWatch } from "./file-watch.ts";
import { type FunctionSource, nameOf } from "./function-source.ts";
import { durableInProcess, plainInProcess, type ProcessFunctionOptions } from "./process-function.ts";
import type { ExportedFunction, InvocationEvent } from "./process-messages.ts";

export interface FunctionSetOptions extends Omit<ProcessFunctionOptions, "invoke"> {
  /** The environment of a function's process. */
  readonly envOf: (functionName: string) => EnvironmentOptions["env"];
  readonly timeoutMs: number;
  /** The most processes of a function at a time. */
  readonly most: number;
  readonly watches: boolean;
  readonly onLine: (functionName: string, line: string, executionArn: string | undefined) => void;
  readonly onNotice: (text: string) => void;
}

/** A file cannot be run as it is. */
export class UnusableFileError extends Error {
  override readonly name = "UnusableFileError";
  /** Always UNUSABLE_FILE. */
  readonly code = "UNUSABLE_FILE";
}

interface RunningFunction extends ExportedFunction {
  readonly name: string;
  readonly file: string;
  readonly pool: EnvironmentPool;
}

export class FunctionSet {
  /** The functions for a runner; they change as the files do. */
  readonly versions: Map<string, FunctionVersions> = new Map();
  readonly #options: FunctionSetOptions;
  readonly #running = new Map<string, RunningFunction>();
  readonly #watches: FileWatch[] = [];

  constructor(options: FunctionSetOptions) {
    this.#options = options;
  }

  /** All of them, in the order of their names. */
  get functions(): readonly Omit<RunningFunction, "pool">[] {
    return [...this.#running.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws {UnusableFileError} UNUSABLE_FILE for a file that cannot be loaded, and for a name that two have. */
  async load(sources: readonly FunctionSource[]): Promise<void> {
    const asked = await Promise.all(sources.map(async (source) => ({ source, told: await this.#ask(source) })));
    for (const { source, told } of asked) {
      this.#take(source, functionsOf(source, told));
      if (this.#options.watches) this.#watch(source, told);
    }
  }

  /** Ends every process. */
  close(): void {
    for (const watch of this.#watches) watch.close();
    for (const { pool } of this.#running.values()) pool.close();
  }

  #watch(source: FunctionSource, told: Told): void {
    let reloading = Promise.resolve();
    const watch = new FileWatch(() => {
      reloading = reloading.then(() => this.#reload(source, watch));
    });
    watch.add(filesOf(source, told));
    this.#watches.push(watch);
  }

  async #reload(source: FunctionSource, watch: FileWatch): Promise<void> {
    const { onNotice } = this.#options;
    const file = shown(source.file);
    const told = await this.#ask(source);
    watch.add(filesOf(source, told));
    try {
      this.#take(source, functionsOf(source, told));
      onNotice(`${file} has changed: new invocations run the new code, what runs now ends in the old.`);
    } catch (error) {
      onNotice(`${(error as Error).message}\nThe code from before is kept until this is mended.`);
    }
  }

  /** Loads the file in a process for once. */
  async #ask({ file, exportName }: FunctionSource): Promise<Told> {
    const { envOf, timeoutMs, onNotice } = this.#options;
    const lines: string[] = [];
    const onLine = (line: string): void => void lines.push(line);
    const environment = new Environment({ file, exportName, env: envOf("function"), timeoutMs, onLine });
    const told = await environment.loaded;
    environment.kill();
    if (told.type !== "loaded" && lines.length > 0) onNotice(lines.join("\n"));
    return told;
  }

  #take(source: FunctionSource, exported: readonly ExportedFunction[]): void {
    const named = exported.map((each) => ({ ...each, name: nameOf(source, each) }));
    for (const { name } of named) this.#checkName(name, source.file, named);
    const before = [...this.#running.values()].filter(({ file }) => file === source.file);
    const isMine = ({ exportName }: ExportedFunction): boolean =>
      source.exportName === "" || exportName === source.exportName;
    for (const { name, pool } of before.filter(isMine)) {
      pool.retire();
      this.#running.delete(name);
      this.versions.delete(name);
    }
    for (const { name, exportName, kind } of named) this.#add(name, { exportName, kind }, source.file);
  }

  #checkName(name: string, file: string, named: readonly { readonly name: string }[]): void {
    if (!/^[\w-]{1,140}$/.test(name)) {
      throw new UnusableFileError(`"${name}" is no function name: use 1 to 140 letters, digits, "-" and "_".`);
    }
    const other = this.#running.get(name);
    const isTwice = named.filter((each) => each.name === name).length > 1;
    if (!isTwice && (other === undefined || other.file === file)) return;
    const where = isTwice || other === undefined ? shown(file) : `${shown(other.file)} and ${shown(file)}`;
    throw new UnusableFileError(
      `Two functions would be called "${name}": ${where}. Name one: other-name=${shown(file)}`,
    );
  }

  #add(name: string, { exportName, kind }: ExportedFunction, file: string): void {
    const { envOf, timeoutMs, most, onLine } = this.#options;
    const pool = new EnvironmentPool({
      file,
      exportName,
      env: envOf(name),
      timeoutMs,
      most,
      onLine: (line, events) => onLine(name, line, kind === "durable" ? writerOf(line, events) : undefined),
    });
    const invoke: ProcessFunctionOptions["invoke"] = (invocation) => pool.invoke(invocation);
    const target = kind === "durable" ? durableInProcess({ ...this.#options, invoke }) : plainInProcess({ invoke });
    this.#running.set(name, { name, exportName, kind, file, pool });
    this.versions.set(name, { latest: LATEST, versions: new Map([[LATEST, target]]) });
  }
}

/** The newest execution, unless the line is of the one before and says so. */
function writerOf(line: string, events: readonly unknown[]): string | undefined {
  const arns = events.map(arnIn);
  return arns.find((arn) => arn !== undefined && line.includes(arn)) ?? arns[0];
}

function arnIn(event: unknown): string | undefined {
  return (event as Partial<InvocationEvent> | undefined)?.DurableExecutionArn;
}

function functionsOf({ file }: FunctionSource, told: Told): readonly ExportedFunction[] {
  if (told.type === "loaded") return told.functions;
  const { errorType = "Error", errorMessage = "" } = "error" in told ? told.error : {};
  const what = errorType === "TypeError" ? errorMessage : `${errorType}: ${errorMessage}`;
  const hint = told.type === "unusable" && told.hint !== undefined ? `\n${told.hint}` : "";
  throw new UnusableFileError(`${shown(file)} cannot be run. ${what}${hint}`);
}

function filesOf({ file }: FunctionSource, told: Told): readonly string[] {
  return "files" in told ? [file, ...told.files] : [file];
}

/** As people write it. */
function shown(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith("..") ? file : path;
}
