import type { Host } from "../../engine/ports/host.ts";
import { systemHost } from "../hosts/system-host.ts";

/** The host of one object. Its ambient values follow asynchronous code with the flag `nodejs_compat` or `nodejs_als`. */
export function objectHost(background: (work: Promise<unknown>) => void): Host {
  return { ...systemHost(), background };
}
