import type { OptionSpecs } from "./arguments.ts";
import type { CommandSpec } from "./command.ts";
import { widest } from "./table.ts";

const EXIT_CODES = `Exit codes:
  0  it is done; of an execution: it succeeded
  1  the execution failed, was stopped or halted; the code does not match the log
  2  the command line is wrong, or a file that it names
  3  nobody answers, or they do not let in
  4  the service refused: there is no such thing, or not in this state`;

export function overview(commands: readonly CommandSpec[]): string {
  const width = widest(commands.map(({ name }) => name));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: perdure COMMAND [options]

${lines.join("\n")}

perdure COMMAND --help tells more. Other commands than dev and replay speak to the emulator of this folder, with --url to a
Worker, and with --aws to AWS.

${EXIT_CODES}`;
}

export function commandHelp({ name, usage, summary, details, options }: CommandSpec): string {
  const parts = [
    `Usage: perdure ${name} ${usage}${Object.keys(options).length > 0 ? " [options]" : ""}`,
    `${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}.${details === undefined ? "" : ` ${details}`}`,
    optionLines(options),
    EXIT_CODES,
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function optionLines(options: OptionSpecs): string {
  const rows = Object.entries(options).map(([name, { value, short, help }]) => ({
    left: `${short === undefined ? "" : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`,
    help,
  }));
  const width = widest(rows.map(({ left }) => left));
  return rows.map(({ left, help }) => `  ${left.padEnd(width)}  ${help}`).join("\n");
}
