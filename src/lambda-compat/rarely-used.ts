/**
 * The parts that few handlers need: plugins, and payloads in files. `rarely-used-on-demand.ts` replaces it in browsers.
 */

export { filePayloads } from "./file-payloads.ts";
export { createPluginHost } from "./plugin-host.ts";
export { createConfiguredPlugins } from "./plugin-modules.ts";
