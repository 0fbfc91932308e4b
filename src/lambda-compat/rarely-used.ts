/** What few handlers need: plugins, and payloads in files. In browsers `rarely-used-on-demand.ts` stands in its place. */

export { filePayloads } from "./file-payloads.ts";
export { createPluginHost } from "./plugin-host.ts";
export { createConfiguredPlugins } from "./plugin-modules.ts";
