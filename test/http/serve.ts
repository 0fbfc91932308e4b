import { type FetchHandler, type Listening, listen } from "../../src/homes/local/http-server.ts";

export type { FetchHandler };

/** On the loopback interface. */
export type Served = Listening;

/** Puts a fetch handler on a free port of the loopback interface. */
export function serve(handler: FetchHandler): Promise<Served> {
  return listen(handler, { host: "127.0.0.1", port: 0 });
}
