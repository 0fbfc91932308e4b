/** The report of failures that no caller is told of: they are never silent. */

/** Without an id the failure concerns no execution alone. */
export type OnError = (executionId: string | undefined, error: unknown) => void;

const LONGEST_MESSAGE = 500;

/** One line on the console: the execution and the error. An error's own fields may hold payloads, and are left out. */
export const logError: OnError = (executionId, error) => {
  const where = executionId === undefined ? "" : `execution ${executionId}: `;
  console.error(`perdure: ${where}${described(error)}`);
};

/** The listener of a home's user, or the console: also for what the listener itself throws, at once or later. */
export function errorListener(onError: OnError | undefined): OnError {
  if (onError === undefined) return logError;
  // Begun within an asynchronous function, so that both ways to fail are one.
  return (executionId, error) => {
    const told = (async () => onError(executionId, error))();
    told.catch((failure: unknown) => {
      logError(executionId, error);
      logError(executionId, failure);
    });
  };
}

function described(error: unknown): string {
  if (!(error instanceof Error)) return `a value of type ${typeof error} was thrown`;
  const { name, message, code } = error as Error & { readonly code?: unknown };
  const kind = typeof code === "string" ? `${name} ${code}` : name;
  // Text of others must not look like another line, nor steer a terminal.
  return `${kind}: ${message.slice(0, LONGEST_MESSAGE)}`.replaceAll(/\p{Cc}/gu, " ");
}
