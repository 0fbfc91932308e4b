/** The failures of commands: their words, and their exit codes, which scripts can go by. */

export const ExitCode = {
  OK: 0,
  /** The execution did not succeed, or the code does not match its log. */
  FAILED: 1,
  /** The command line is wrong, or a file that it names. */
  USAGE: 2,
  /** Nobody answers, or they do not let in. */
  UNREACHABLE: 3,
  /** The service answered that it will not, or that there is no such thing. */
  REFUSED: 4,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

interface FailureOptions extends ErrorOptions {
  readonly isPassing?: boolean;
}

export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: ExitCode;
  /** It may be over when the same is asked again. */
  readonly isPassing: boolean;

  constructor(exitCode: ExitCode, message: string, options: FailureOptions = {}) {
    super(message, options);
    this.exitCode = exitCode;
    this.isPassing = options.isPassing ?? false;
  }
}

export function usageError(message: string): CommandError {
  return new CommandError(ExitCode.USAGE, message);
}
