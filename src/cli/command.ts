/** A command: its arguments and options, its help, and its code. */

import type { Arguments, OptionSpecs } from "./arguments.ts";
import type { ExitCode } from "./failures.ts";
import type { Terminal } from "./terminal.ts";

export interface CommandSpec {
  readonly name: string;
  /** The arguments, as its help shows them: "FUNCTION [EVENT]". */
  readonly usage: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The further text of the command's own help. */
  readonly details?: string;
  readonly options: OptionSpecs;
  /** The least and the most arguments. */
  readonly count: readonly [number, number];
  /** Loaded when it runs: what one command needs another may not have. */
  readonly load: () => Promise<Run>;
}

export interface Invocation {
  readonly args: Arguments;
  readonly terminal: Terminal;
}

export type Run = (invocation: Invocation) => Promise<ExitCode>;
