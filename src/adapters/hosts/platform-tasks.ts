/** The ways of a platform to run something later that are no matter of time. */
export interface PlatformTasks {
  readonly nextTick?: ((task: () => void) => void) | undefined;
  readonly setImmediate?: ((task: () => void) => unknown) | undefined;
}

interface Global {
  readonly process?: { readonly nextTick?: (task: () => void) => void };
  readonly setImmediate?: (task: () => void) => unknown;
}

/**
 * Node's own, as they are now. To be taken when a package is loaded: a test may put a clock that stands still in their
 * place later (AWS's test runner installs one to skip time), and every turn would wait for the next move of it. Where
 * that has happened already they are left out, since what is in their place stands still for good once it is taken away.
 */
export function platformTasks(): PlatformTasks {
  const { process, setImmediate } = globalThis as Global;
  // Fake clocks mark their functions with themselves.
  return setImmediate && "clock" in setImmediate ? {} : { nextTick: process?.nextTick, setImmediate };
}
