/** Perdure's own hosts as stages, behind their HTTP API. */

import { DataFolder } from "../../src/homes/local/data-folder.ts";
import { listen } from "../../src/homes/local/http-server.ts";
import { createLocalHost } from "../../src/homes/local/local-host.ts";
import { createMemoryHost, type Functions } from "../../src/homes/memory/index.ts";
import { createHttpFace } from "../../src/lambda-compat/http/index.ts";
import { newCredential } from "../local-settings.ts";
import { linesOf } from "./function-lines.ts";
import { lambdaApi } from "./lambda-api.ts";
import type { Stage } from "./run-scenario.ts";

const LOOPBACK = { host: "127.0.0.1", port: 0 };

/** As on Lambda, what waits has ended its invocation. */
export async function onMemoryHost<T>(functions: Functions, work: (stage: Stage) => Promise<T>): Promise<T> {
  const { sigv4 } = newCredential("conformance");
  const host = createMemoryHost({ functions, parks: false });
  const credentials = [{ id: "conformance", rights: ["admin"], sigv4 }] as const;
  const listening = await listen(createHttpFace({ client: host.client, credentials }), LOOPBACK);
  try {
    return await work(lambdaApi({ url: listening.url, credentials: sigv4, linesOf }));
  } finally {
    host.close();
    await listening.close();
  }
}

export interface Emulated {
  /** Each is called as its function is. */
  readonly files: readonly string[];
  readonly folder: string;
}

const TIMEOUT_MS = 60_000;

export async function onEmulator<T>({ files, folder }: Emulated, work: (stage: Stage) => Promise<T>): Promise<T> {
  const lines = new Map<string, string[]>();
  const host = await createLocalHost({
    ...LOOPBACK,
    folder: new DataFolder(folder),
    sources: files.map((file) => ({ file, exportName: "", name: undefined })),
    timeoutMs: TIMEOUT_MS,
    most: 1,
    timeScale: 1,
    watches: false,
    sam: false,
    onLine: (name, line) => lines.set(name, [...(lines.get(name) ?? []), line]),
    replay: async () => ({}),
    onNotice: () => undefined,
    onOutput: () => undefined,
    onError: () => undefined,
  });
  try {
    const place = { url: host.url, credentials: host.credential.sigv4 };
    return await work(lambdaApi({ ...place, linesOf: (name) => lines.get(name) ?? [] }));
  } finally {
    await host.close();
  }
}
