import { join } from "node:path";
import { build } from "vite";
import { buildConsole } from "./build-console.ts";
import { root } from "./command.ts";

export const playgroundConfig: string = join(root, "demo/playground/vite.config.ts");

/** Builds the playground, and the console below it, as a static site into a folder, `demo/dist` by default. */
export async function buildPlayground(outDir?: string): Promise<void> {
  await build({
    configFile: playgroundConfig,
    logLevel: "warn",
    ...(outDir === undefined ? {} : { build: { outDir, emptyOutDir: true } }),
  });
  await buildConsole(join(outDir ?? join(root, "demo/dist"), "console"));
}
