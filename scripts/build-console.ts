import { join } from "node:path";
import { build } from "vite";
import { root } from "./command.ts";

/** Builds the console's page into a folder, which is emptied first. */
export async function buildConsole(outDir: string): Promise<void> {
  await build({
    configFile: join(root, "console/vite.config.ts"),
    logLevel: "warn",
    build: { outDir, emptyOutDir: true },
  });
}
