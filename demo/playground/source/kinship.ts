/** Which executions were made from which: the logs do not say, since a log may be taken anywhere. */

const KEY = "perdure.playground.forks";

export interface Origin {
  /** The execution whose log it began with. */
  readonly parentId: string;
  /** The operation that it ran anew, by position, and what that is called. */
  readonly operationId: string;
  readonly operationName: string;
}

export class Kinship {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  record(childId: string, origin: Origin): void {
    this.#write({ ...this.#read(), [childId]: origin });
  }

  originOf(childId: string): Origin | undefined {
    return this.#read()[childId];
  }

  /** Oldest first. */
  forksOf(parentId: string): readonly string[] {
    return Object.entries(this.#read()).flatMap(([childId, origin]) => (origin.parentId === parentId ? [childId] : []));
  }

  /** An execution is gone: nothing is said of it, nor of what was made from it, any more. */
  forget(executionId: string): void {
    const left = Object.entries(this.#read()).filter(
      ([childId, { parentId }]) => childId !== executionId && parentId !== executionId,
    );
    this.#write(Object.fromEntries(left));
  }

  #read(): Readonly<Record<string, Origin>> {
    try {
      return JSON.parse(this.#storage.getItem(KEY) ?? "{}") as Readonly<Record<string, Origin>>;
    } catch {
      return {};
    }
  }

  #write(origins: Readonly<Record<string, Origin>>): void {
    this.#storage.setItem(KEY, JSON.stringify(origins));
  }
}
