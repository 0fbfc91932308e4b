/** All that is impure about the invocation of a handler. */
export interface InvocationHost {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once every microtask that is queued, or gets queued meanwhile, has run: user code has drained. */
  drain(next: () => void): void;
  /** Calls back at `at` (ms since the epoch) or later, never earlier, however far away. Returns its cancellation. */
  timer(at: number, fire: () => void): () => void;
  /** Given each line that a function's own logger writes, beside where it goes; absent where nobody keeps lines. */
  readonly onLine?: (line: string) => void;
  /** Follows values through asynchronous code. */
  readonly ambient: Ambient;
}

/** All that is impure, in one object. */
export interface Host extends InvocationHost {
  /** Uniform in [0, 1). */
  random(): number;
  /** 128 random bits from a cryptographic source, 32 lower-case hex digits. */
  randomId(): string;
  /** Keeps the process alive for work that no caller awaits, where the platform offers that. */
  background(work: Promise<unknown>): void;
}

/** Runs code at once, in the asynchronous context that was kept. */
export type AmbientSnapshot = <T>(body: () => T) => T;

/**
 * A value that follows the code which runs under it. With `tracksAsync` it survives awaits (AsyncLocalStorage);
 * without, it holds only until `run`'s callback returns.
 */
export interface Ambient {
  /** True if the value survives awaits. */
  readonly tracksAsync: boolean;
  /** Runs `body` at once, with `value` as the ambient value, and returns its result. */
  run<T>(value: unknown, body: () => T): T;
  /** The value of the innermost `run` that the calling code is in; undefined outside of any. */
  get(): unknown;
  /**
   * Keeps the asynchronous context of now for code that something else will set off: this value, and the values of
   * every AsyncLocalStorage that user code has. Without `tracksAsync` there is nothing to keep.
   */
  snapshot(): AmbientSnapshot;
}
