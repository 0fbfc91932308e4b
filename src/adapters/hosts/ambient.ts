import type { Ambient, AmbientSnapshot } from "../../engine/ports/host.ts";
import { asyncAmbient, type AsyncHooks } from "./async-ambient.ts";

interface NodeLike {
  readonly process?: { getBuiltinModule?(id: "node:async_hooks"): Partial<AsyncHooks> | undefined };
}

/** Follows asynchronous code where the platform has AsyncLocalStorage, otherwise synchronous code only. */
export function systemAmbient(): Ambient {
  const { process }: NodeLike = globalThis as NodeLike;
  const { AsyncLocalStorage, AsyncResource } = process?.getBuiltinModule?.("node:async_hooks") ?? {};
  if (AsyncLocalStorage === undefined || AsyncResource === undefined) return syncAmbient();
  return asyncAmbient({ AsyncLocalStorage, AsyncResource });
}

const asItIs: AmbientSnapshot = (body) => body();

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
    snapshot: () => asItIs,
  };
}
