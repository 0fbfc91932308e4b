import type { Ambient } from "../../engine/ports/host.ts";

/** The part of Node's AsyncLocalStorage that is needed. */
interface AsyncStorage {
  run<T>(value: unknown, body: () => T): T;
  getStore(): unknown;
}

interface NodeLike {
  readonly process?: {
    getBuiltinModule?(id: "node:async_hooks"): { AsyncLocalStorage?: new () => AsyncStorage } | undefined;
  };
}

/** Follows asynchronous code where the platform has AsyncLocalStorage, otherwise synchronous code only. */
export function systemAmbient(): Ambient {
  const { process }: NodeLike = globalThis as NodeLike;
  const AsyncLocalStorage = process?.getBuiltinModule?.("node:async_hooks")?.AsyncLocalStorage;
  return AsyncLocalStorage === undefined ? syncAmbient() : asyncAmbient(new AsyncLocalStorage());
}

export function asyncAmbient(storage: AsyncStorage): Ambient {
  return { tracksAsync: true, run: (value, body) => storage.run(value, body), get: () => storage.getStore() };
}

export function syncAmbient(): Ambient {
  let current: unknown;
  return {
    tracksAsync: false,
    run(value, body) {
      const outer = current;
      current = value;
      try {
        return body();
      } finally {
        current = outer;
      }
    },
    get: () => current,
  };
}

/** Makes a callback run later with the value of now; of no use where the value does not outlive a call anyway. */
export function bindAmbient(ambient: Ambient): (next: () => void) => () => void {
  if (!ambient.tracksAsync) return (next) => next;
  return (next) => {
    const value = ambient.get();
    return () => ambient.run(value, next);
  };
}
