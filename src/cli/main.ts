/** Runs one command, and answers with its exit code. */

import { parseArguments } from "./arguments.ts";
import type { CommandSpec } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { CommandError, ExitCode, usageError } from "./failures.ts";
import { commandHelp, overview } from "./help.ts";
import { nearest } from "./nearest.ts";
import { Terminal, type TerminalOptions } from "./terminal.ts";

export async function main(argv: readonly string[], options: TerminalOptions): Promise<ExitCode> {
  const terminal = new Terminal(options);
  try {
    return await run(argv, terminal);
  } catch (error) {
    if (error instanceof CommandError) {
      terminal.note(`perdure: ${error.message}`);
      return error.exitCode;
    }
    terminal.note(`perdure: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return ExitCode.REFUSED;
  }
}

async function run(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name = "--help", ...others] = argv;
  const isHelp = name === "--help" || name === "-h" || name === "help";
  const asked = isHelp ? others[0] : name;
  if (asked === undefined || asked.startsWith("-")) {
    if (!isHelp) throw usageError(`Begin with a command. perdure --help lists them.`);
    terminal.print(overview(COMMANDS));
    return argv.length === 0 ? ExitCode.USAGE : ExitCode.OK;
  }
  const command = commandNamed(asked);
  if (isHelp || others.some((each) => each === "--help" || each === "-h")) {
    terminal.print(commandHelp(command));
    return ExitCode.OK;
  }
  const args = parseArguments(others, command.options);
  checkCount(command, args.positionals.length);
  const runCommand = await command.load();
  return runCommand({ args, terminal });
}

function commandNamed(name: string): CommandSpec {
  const command = COMMANDS.find((each) => each.name === name);
  if (command !== undefined) return command;
  const names = COMMANDS.map((each) => each.name);
  const near = nearest(name, names);
  throw usageError(
    `There is no command ${name}${near === undefined ? `; there are ${names.join(", ")}.` : `: did you mean ${near}?`}`,
  );
}

function checkCount({ name, usage, count: [least, most] }: CommandSpec, given: number): void {
  if (given >= least && given <= most) return;
  const what = given < least ? "Something is missing" : "That is too much";
  throw usageError(`${what}. Usage: perdure ${name} ${usage}`);
}
