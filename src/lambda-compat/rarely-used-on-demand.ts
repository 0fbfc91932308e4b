/**
 * In place of `rarely-used.ts` in browsers, by the `#rarely-used` import of package.json: few pages need any of it, and
 * those load it when they do. A bundle of one file has it in any case, as `native-on-demand.ts` says.
 */

import type { FilePayloads } from "./file-payloads.ts";
import type { PluginHost } from "./plugin-host.ts";
import type { DurableInstrumentationPlugin, PluginSource } from "./plugins.ts";
import type * as RarelyUsed from "./rarely-used.ts";
import type { FileSystemSerdesConfig } from "./types.ts";

const code = (): Promise<typeof RarelyUsed> => import("./rarely-used.ts");

export async function createPluginHost(sources: readonly PluginSource[]): Promise<PluginHost> {
  return (await code()).createPluginHost(sources);
}

export async function createConfiguredPlugins(value: string): Promise<readonly DurableInstrumentationPlugin[]> {
  return (await code()).createConfiguredPlugins(value);
}

export async function filePayloads(basePath: string, config: FileSystemSerdesConfig): Promise<FilePayloads> {
  return (await code()).filePayloads(basePath, config);
}
