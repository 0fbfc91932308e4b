/** What a command is: what it takes, what it says of itself, and what it does. */

import type { Arguments, OptionSpecs } from "./arguments.ts";
import type { ExitCode } from "./failures.ts";
import type { Terminal } from "./terminal.ts";

export interface CommandSpec {
  readonly name: string;
  /** The arguments, as its help shows them: "FUNCTION [EVENT]". */
  readonly usage: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What else there is to know, for its own help. */
  readonly details?: string;
  readonly options: OptionSpecs;
  /** How many arguments it takes at least and at most. */
  readonly count: readonly [number, number];
  /** Loaded when it runs: what one command needs another may not have. */
  readonly load: () => Promise<Run>;
}

export interface Invocation {
  readonly args: Arguments;
  readonly terminal: Terminal;
}

export type Run = (invocation: Invocation) => Promise<ExitCode>;
