/** Errors as data, for programs to return what they caught. */

export interface Described {
  readonly class: string;
  readonly name: string;
  readonly message: string;
  readonly errorType?: unknown;
  readonly errorData?: unknown;
  readonly cause?: Described | undefined;
}

export function describeError(thrown: unknown): Described {
  if (!(thrown instanceof Error)) return { class: typeof thrown, name: "", message: String(thrown) };
  const { errorType, errorData } = thrown as { errorType?: unknown; errorData?: unknown };
  return {
    class: thrown.constructor.name,
    name: thrown.name,
    message: thrown.message,
    errorType,
    errorData,
    cause: thrown.cause === undefined ? undefined : describeError(thrown.cause),
  };
}

/** What became of a promise. */
export async function outcome<T>(promise: PromiseLike<T>): Promise<{ value: T } | { error: Described }> {
  try {
    return { value: await promise };
  } catch (error) {
    return { error: describeError(error) };
  }
}
