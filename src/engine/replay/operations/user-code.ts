import { isThenable } from "../../ports/maybe-promise.ts";

/** Runs user code that may answer at once or later, and goes on without a turn of the loop when it answers at once. */
export function runUserCode<T>(
  body: () => T | Promise<T>,
  done: (value: T) => void,
  failed: (error: unknown) => void,
): void {
  let result: T | Promise<T>;
  let isLater: boolean;
  try {
    result = body();
    isLater = isThenable(result);
  } catch (error) {
    return failed(error);
  }
  if (isLater) void Promise.resolve(result).then(done, failed);
  else done(result as T);
}

const now = Promise.resolve();

/**
 * Runs user code once the code that asked for it has come to its next await, as in AWS's SDK: operations called beside
 * a context start before those in it, and a function sees what its caller does right after the call.
 */
export function afterCaller(run: () => void): void {
  void now.then(run);
}
