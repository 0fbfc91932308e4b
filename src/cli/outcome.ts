/** What an execution came to, for people and for scripts. */

import type { ExecutionDetails } from "./api/operations.ts";
import { statusOf } from "./executions.ts";
import { ExitCode } from "./failures.ts";
import { statusCell } from "./table.ts";
import { printable, type Terminal } from "./terminal.ts";
import { errorText } from "./texts.ts";

export interface OutcomeOptions {
  /** Whether the result goes to the standard output. */
  readonly prints: boolean;
}

export function outcome(terminal: Terminal, details: ExecutionDetails, { prints }: OutcomeOptions): ExitCode {
  const status = statusOf(details);
  const why = errorText(details.Error);
  terminal.note(terminal.paint(why === "" ? status : `${status}: ${printable(why)}`, statusCell(status).colour));
  if (status === "HALTED") terminal.note("Mend it, then: perdure resume");
  if (prints && details.Result !== undefined) terminal.print(details.Result);
  return status === "SUCCEEDED" ? ExitCode.OK : ExitCode.FAILED;
}
