import { fileURLToPath } from "node:url";
import { defineConfig, type UserConfig } from "vite";
import { declarationsPlugin } from "../../scripts/playground-declarations.ts";
import { headersPlugin } from "../../scripts/playground-headers.ts";

/** The times of a build's plugins are of no interest. */
const quiet = { checks: { pluginTimings: false } };

const page = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const config: UserConfig = defineConfig({
  root: page("."),
  plugins: [headersPlugin()],
  // Served from any folder of any site.
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  // The sandbox makes a worker of this text, which can import nothing.
  worker: { format: "iife", plugins: () => [declarationsPlugin()], rolldownOptions: quiet },
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: { ...quiet, input: [page("index.html"), page("relay.html")] },
  },
});

export default config;
