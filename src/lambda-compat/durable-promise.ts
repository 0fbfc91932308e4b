/**
 * The promise of a durable operation. The work behind it may have begun already; looking at it for the first time, by
 * `await` or any method, runs its executor, once. Nobody looking is no unhandled rejection.
 */
export class DurablePromise<T> implements Promise<T> {
  readonly #executor: () => Promise<T>;
  #promise: Promise<T> | undefined;

  constructor(executor: () => Promise<T>) {
    this.#executor = executor;
  }

  get [Symbol.toStringTag](): string {
    return "DurablePromise";
  }

  /** True once the promise was looked at. */
  get isExecuted(): boolean {
    return this.#promise !== undefined;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is a promise
  then<Value = T, Reason = never>(
    onfulfilled?: ((value: T) => Value | PromiseLike<Value>) | null,
    onrejected?: ((reason: unknown) => Reason | PromiseLike<Reason>) | null,
  ): Promise<Value | Reason> {
    return this.#run().then(onfulfilled, onrejected);
  }

  catch<Reason = never>(onrejected?: ((reason: unknown) => Reason | PromiseLike<Reason>) | null): Promise<T | Reason> {
    return this.#run().catch(onrejected);
  }

  finally(onfinally?: (() => void) | null): Promise<T> {
    return this.#run().finally(onfinally);
  }

  #run(): Promise<T> {
    this.#promise ??= this.#executor();
    return this.#promise;
  }
}

/** The promise of an operation that user code has called. Looking at it begins nothing. */
export class OperationPromise<T> extends DurablePromise<T> {}
