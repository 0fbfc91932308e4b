/** What handlers with plugins need, and no other. In browsers `plugins-on-demand.ts` stands in its place. */

export { createPluginHost } from "./plugin-host.ts";
export { createConfiguredPlugins } from "./plugin-modules.ts";
