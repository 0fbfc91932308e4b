/** A value, or a promise of it: a port over synchronous storage answers at once and costs no turn of the loop. */
export type MaybePromise<T> = T | Promise<T>;

/** Goes on with `next` at once when the value is there, or when it arrives. */
export function chain<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** True for promises of any make; reading a user's value may throw. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
