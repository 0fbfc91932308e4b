import type { Host } from "../../engine/ports/host.ts";
import { platformHost } from "../hosts/system-host.ts";

/** The host of one object. Its ambient values follow asynchronous code with the flag `nodejs_compat` or `nodejs_als`. */
export function objectHost(background: (work: Promise<unknown>) => void): Host {
  return { ...platformHost(afterRead), background };
}

/**
 * Reading a body that is not empty takes a turn of the event loop, and so comes after every microtask. It is what costs
 * least of all that do: a timer takes a millisecond, `storage.sync()` waits until what was written is durable, and
 * `nextTick`, messages between ports, digests and reads of the storage do not leave the microtask queue at all.
 */
function afterRead(task: () => void): () => void {
  return () => {
    void new Response("x").text().then(task);
  };
}
