import { createConfiguredPlugins } from "#rarely-used";
import { branded } from "../engine/model/branded.ts";
import { environment } from "./platform.ts";
import type { PluginSource } from "./plugins.ts";

/** A plugin that the environment names cannot be had. The execution fails, since it would go on unwatched. */
export class PluginLoadError extends Error {
  static override readonly name: string = "PluginLoadError";
  constructor(message: string, options?: ErrorOptions) {
    super(`Dynamic plugin configuration failed: ${message}`, options);
    this.name = new.target.name;
  }
}

branded(PluginLoadError, "PluginLoadError");

/** The given plugins, then those that DURABLE_EXECUTION_PLUGINS names. Rejects with a PluginLoadError. */
export async function loadPlugins(given: readonly PluginSource[] = []): Promise<readonly PluginSource[]> {
  const configured = environment("DURABLE_EXECUTION_PLUGINS")?.trim();
  if (!configured) return given;
  try {
    return [...given, ...(await createConfiguredPlugins(configured))];
  } catch (error) {
    const { message, cause } = error as Error;
    throw new PluginLoadError(message, cause === undefined ? undefined : { cause });
  }
}
