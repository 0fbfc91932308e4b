/**
 * In place of `../runtime.ts` on Node, by the `#runtime` import of package.json: without the code for runtimes that have
 * less, which a function on Lambda would carry for nothing. Only what is loaded in a fraction of a millisecond is
 * imported: `node:crypto` and `node:util` take several.
 */

import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { Console } from "node:console";
import { asyncAmbient } from "../../adapters/hosts/async-ambient.ts";
import { invocationHost } from "../../adapters/hosts/invocation-host.ts";
import type { PlatformTasks } from "../../adapters/hosts/platform-tasks.ts";
import { afterTicks } from "../../adapters/hosts/ticks.ts";
import type { InvocationHost } from "../../engine/ports/host.ts";
import type { Sink } from "../plain-console.ts";

export { formatText } from "../plain-console.ts";

export function nativeHost(tasks: PlatformTasks): InvocationHost {
  const nextTick = tasks.nextTick ?? ((task: () => void) => process.nextTick(task));
  const later = tasks.setImmediate ?? ((task: () => void) => setImmediate(task));
  return invocationHost(afterTicks(nextTick, later), { ambient: asyncAmbient({ AsyncLocalStorage, AsyncResource }) });
}

/**
 * A console of our own: the Lambda runtime puts its own format around what goes through the global one. The streams are
 * opened for the first line only: most invocations write none, and a process takes milliseconds to open them.
 */
export function consoleOpener(): () => Sink {
  return () => new Console({ stdout: process.stdout, stderr: process.stderr });
}
