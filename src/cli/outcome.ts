/** The outcome of an execution, for people and for scripts. */

import type { ExecutionDetails } from "./api/operations.ts";
import { statusOf } from "./executions.ts";
import { ExitCode } from "./failures.ts";
import { statusCell } from "./table.ts";
import { printable, type Terminal } from "./terminal.ts";
import { errorText } from "./texts.ts";

export interface OutcomeOptions {
  /** True if the result goes to the standard output. */
  readonly prints: boolean;
  /** True if a success is reported beside it; true by default. */
  readonly tells?: boolean;
}

export function outcome(
  terminal: Terminal,
  details: ExecutionDetails,
  { prints, tells = true }: OutcomeOptions,
): ExitCode {
  const status = statusOf(details);
  const why = errorText(details.Error);
  const line = terminal.paint(why === "" ? status : `${status}: ${printable(why)}`, statusCell(status).colour);
  if (tells || status !== "SUCCEEDED") terminal.note(line);
  if (status === "HALTED") terminal.note("Mend it, then: perdure resume");
  if (status === "PAUSED") terminal.note("To go on: perdure resume");
  if (prints && details.Result !== undefined) terminal.print(details.Result);
  return status === "SUCCEEDED" ? ExitCode.OK : ExitCode.FAILED;
}
