/** Runs user code that may answer at once or later, and goes on without a turn of the loop when it answers at once. */
export function settle<T>(
  body: () => T | Promise<T>,
  done: (value: T) => void,
  failed: (error: unknown) => void,
): void {
  let result: T | Promise<T>;
  try {
    result = body();
  } catch (error) {
    return failed(error);
  }
  if (isThenable<T>(result)) void Promise.resolve(result).then(done, failed);
  else done(result as T);
}

function isThenable<T>(value: unknown): value is PromiseLike<T> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
