/**
 * In place of `plugin-code.ts` in browsers, by the `#plugin-code` import of package.json: few pages have plugins, and those
 * load it for the first invocation. A bundle of one file has it in any case, as `native-on-demand.ts` says.
 */

import type { PluginHost } from "./plugin-host.ts";
import type { DurableInstrumentationPlugin, PluginSource } from "./plugins.ts";

export async function createPluginHost(sources: readonly PluginSource[]): Promise<PluginHost> {
  const code = await import("./plugin-code.ts");
  return code.createPluginHost(sources);
}

export async function createConfiguredPlugins(value: string): Promise<readonly DurableInstrumentationPlugin[]> {
  const code = await import("./plugin-code.ts");
  return code.createConfiguredPlugins(value);
}
