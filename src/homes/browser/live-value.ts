/** Something that changes, in the shape that user interfaces take; React's `useSyncExternalStore` takes it as it is. */
export interface Live<T> {
  /** The newest snapshot: the same object until something has changed. */
  readonly get: () => T;
  /** Calls back after each change, until the answer is called. */
  readonly subscribe: (listener: () => void) => () => void;
}

export interface LiveValueOptions {
  /** Told when the first listener comes, and when the last one has gone. */
  readonly onInterest: (isListenedTo: boolean) => void;
}

export class LiveValue<T> implements Live<T> {
  readonly #listeners = new Set<() => void>();
  readonly #options: LiveValueOptions | undefined;
  #value: T;

  constructor(value: T, options?: LiveValueOptions) {
    this.#value = value;
    this.#options = options;
  }

  // Fields rather than methods: interfaces take them without their object.
  readonly get: () => T = () => this.#value;

  readonly subscribe: (listener: () => void) => () => void = (listener) => {
    // A listener of its own, so that one that is given twice is told twice and leaves twice.
    const own = (): void => listener();
    this.#listeners.add(own);
    if (this.#listeners.size === 1) this.#options?.onInterest(true);
    return () => {
      if (this.#listeners.delete(own) && this.#listeners.size === 0) this.#options?.onInterest(false);
    };
  };

  set(value: T): void {
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }
}
