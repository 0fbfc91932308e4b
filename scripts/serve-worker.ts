/**
 * Serves a Worker with wrangler until the process ends, as `wrangler dev` does, but without its two back doors: the
 * inspector, which gives whoever is on this machine the Worker's memory, and the local explorer, which answers SQL over
 * the executions' storage without a credential. (The command has no option for the first; `X_LOCAL_EXPLORER` is for the
 * second.) One argument: `ServeOptions` as JSON.
 */

import { unstable_startWorker as startWorker } from "wrangler";

export interface ServeOptions {
  readonly config: string;
  readonly entrypoint: string;
  readonly port: number;
  /** The folder of the objects. */
  readonly state: string;
  readonly envFile: string;
  readonly assets?: string;
}

// The files that wrangler keeps, above all the executions, are for this user alone.
process.umask(0o077);
const { config, entrypoint, port, state, envFile, assets } = JSON.parse(process.argv[2] ?? "{}") as ServeOptions;

const worker = await startWorker({
  config,
  entrypoint,
  envFiles: [envFile],
  ...(assets !== undefined && { assets }),
  dev: {
    server: { hostname: "127.0.0.1", port },
    inspector: false,
    // As it is: wrangler would decorate what is a warning or an error.
    structuredLogsHandler: ({ message }: { readonly message: string }) => console.log(message),
    persist: state,
    remote: false,
    watch: false,
  },
});
await worker.ready;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void worker.dispose().finally(() => process.exit(0)));
}
