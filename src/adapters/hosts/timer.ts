/** setTimeout fires at once when asked for more than this. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export interface TimerOptions {
  readonly now: () => number;
  /**
   * The longest that one platform timer is trusted, in ms. Platform timers count running time, not the wall clock: they
   * stand still while a laptop sleeps and know nothing of a corrected clock. Looking again now and then bounds how late
   * that makes us.
   */
  readonly recheckMs?: number;
  /** Receives each platform timer as it is set: to keep it from holding the process open, for example. */
  readonly onSet?: ((handle: unknown) => void) | undefined;
}

/**
 * Makes `Host.timer` of the platform's setTimeout: never early by `now`, which setTimeout can be by a millisecond, and
 * right beyond 24.8 days, where setTimeout fires at once. It never calls back before it has returned.
 */
export function createTimer(options: TimerOptions): (at: number, fire: () => void) => () => void {
  const longest = Math.min(options.recheckMs ?? LONGEST_TIMEOUT_MS, LONGEST_TIMEOUT_MS);
  const { setTimeout, clearTimeout } = globalThis;
  return (at, fire) => {
    let handle: ReturnType<typeof setTimeout>;
    const arm = (left: number): void => {
      handle = setTimeout(look, Math.max(0, Math.min(Math.ceil(left), longest)));
      options.onSet?.(handle);
    };
    const look = (): void => {
      const left = at - options.now();
      if (left > 0) arm(left);
      else fire();
    };
    arm(at - options.now());
    return () => clearTimeout(handle);
  };
}
