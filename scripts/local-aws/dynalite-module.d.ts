declare module "dynalite" {
  import type { Server } from "node:http";

  export type { Server };
  /** `path` is the folder of its database, in memory by default; `createTableMs` how long a table takes to be made. */
  export default function dynalite(options: { readonly path?: string; readonly createTableMs?: number }): Server;
}
