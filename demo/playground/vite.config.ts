import { fileURLToPath } from "node:url";
import { defineConfig, type UserConfig } from "vite";
import { declarationsPlugin } from "../../scripts/playground-declarations.ts";

const config: UserConfig = defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  // Served from any folder of any site.
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  // The sandbox makes a worker of this text, which can import nothing.
  worker: { format: "iife", plugins: () => [declarationsPlugin()] },
  build: { outDir: "../dist", emptyOutDir: true, target: "es2022", chunkSizeWarningLimit: 1_000 },
});

export default config;
