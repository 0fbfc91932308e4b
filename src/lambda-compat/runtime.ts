/**
 * Features that each runtime has in its own way, in the form for any runtime. On Node the `#runtime` import of
 * package.json puts `node/node-runtime.ts` in its place.
 */

import { ticksOrTimers } from "../adapters/hosts/drain.ts";
import { invocationHost } from "../adapters/hosts/invocation-host.ts";
import type { PlatformTasks } from "../adapters/hosts/platform-tasks.ts";
import { systemAmbient } from "../adapters/hosts/ambient.ts";
import type { InvocationHost } from "../engine/ports/host.ts";

export { consoleOpener, formatText } from "./plain-console.ts";

/** The host of an invocation that comes from Lambda. `tasks` are the platform's from when the package was loaded. */
export function nativeHost(tasks: PlatformTasks): InvocationHost {
  return invocationHost(ticksOrTimers(tasks), { ambient: systemAmbient() });
}
