/**
 * The modules that DURABLE_EXECUTION_PLUGINS lists: found, checked, and asked for their plugin. Failures are plain errors
 * here; the message of each goes into a PluginLoadError.
 */

import { messageOf } from "../engine/model/message-of.ts";
import { environment, nodeProcess, requireNodeModule } from "./platform.ts";
import {
  DURABLE_INSTRUMENTATION_PLUGIN_API_VERSION,
  type DurableInstrumentationPlugin,
  type DurableInstrumentationPluginProvider,
} from "./plugins.ts";

const VARIABLE = "DURABLE_EXECUTION_PLUGINS";
const EXPORT = "durableExecutionPluginProvider";

/** `configured` is the variable's value. */
export async function createConfiguredPlugins(configured: string): Promise<readonly DurableInstrumentationPlugin[]> {
  const plugins: DurableInstrumentationPlugin[] = [];
  for (const specifier of readSpecifiers(configured)) {
    const provider = readProvider(specifier, await load(specifier));
    plugins.push(createPlugin(specifier, provider));
  }
  return plugins;
}

function readSpecifiers(configured: string): readonly string[] {
  const specifiers = configured.split(",").map((specifier) => specifier.trim());
  if (specifiers.includes("")) {
    throw new Error(`${VARIABLE} must contain non-empty, comma-separated package or module specifiers.`);
  }
  const twice = specifiers.find((specifier, index) => specifiers.indexOf(specifier) < index);
  if (twice !== undefined) throw new Error(`${VARIABLE} contains duplicate module specifier '${twice}'.`);
  return specifiers;
}

async function load(specifier: string): Promise<unknown> {
  try {
    return await importFrom(specifier);
  } catch (cause) {
    throw new Error(`Failed to load plugin module '${specifier}': ${messageOf(cause)}`, { cause });
  }
}

/** From where this package lies, then from where the function does. */
async function importFrom(specifier: string): Promise<unknown> {
  try {
    return await import(/* @vite-ignore */ /* webpackIgnore: true */ specifier);
  } catch (error) {
    if (!isMissing(error, specifier)) throw error;
    return import(/* @vite-ignore */ /* webpackIgnore: true */ resolveFromFunction(specifier));
  }
}

function resolveFromFunction(specifier: string): string {
  const { createRequire } = requireNodeModule<{ createRequire: (path: string) => { resolve(id: string): string } }>(
    "node:module",
    VARIABLE,
  );
  const { pathToFileURL } = requireNodeModule<{ pathToFileURL: (path: string) => { href: string } }>(
    "node:url",
    VARIABLE,
  );
  const folder = environment("LAMBDA_TASK_ROOT")?.trim() || nodeProcess()?.cwd();
  try {
    return pathToFileURL(createRequire(`${folder}/package.json`).resolve(specifier)).href;
  } catch (cause) {
    const hint =
      "Ensure the package is installed in the function artifact or an attached Lambda layer under 'nodejs/node_modules'.";
    const what = `Unable to resolve '${specifier}' from the application or configured Node.js module paths.`;
    throw new Error(`${what} ${hint}`, { cause });
  }
}

/** The module itself is missing, not one that it imports. */
function isMissing(error: unknown, specifier: string): boolean {
  const { code } = error as { code?: unknown };
  if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") return false;
  const [, named = ""] = /Cannot find (?:package|module) ['"](.+?)['"]/.exec(messageOf(error)) ?? [];
  return named === specifier || (named !== "" && specifier.startsWith(`${named}/`));
}

function readProvider(specifier: string, loaded: unknown): DurableInstrumentationPluginProvider {
  const module = loaded as { [EXPORT]?: unknown; default?: { [EXPORT]?: unknown } | null };
  const direct = module[EXPORT];
  const nested = module.default?.[EXPORT];
  if (direct !== undefined && nested !== undefined && direct !== nested) {
    throw new Error(`Plugin module '${specifier}' exposes multiple different '${EXPORT}' values.`);
  }
  const provider = direct === undefined ? nested : direct;
  if (provider === undefined) throw new Error(`Plugin module '${specifier}' must export '${EXPORT}'.`);
  return checked(specifier, provider);
}

function checked(
  specifier: string,
  provider: Partial<DurableInstrumentationPluginProvider> | null,
): DurableInstrumentationPluginProvider {
  if (typeof provider !== "object" || provider === null) {
    throw new Error(`Plugin module '${specifier}' exports an invalid provider; expected an object.`);
  }
  if (provider.pluginApiVersion !== DURABLE_INSTRUMENTATION_PLUGIN_API_VERSION) {
    throw new Error(
      `Plugin provider '${specifier}' declares plugin API version '${String(provider.pluginApiVersion)}', ` +
        `but perdure supports version ${DURABLE_INSTRUMENTATION_PLUGIN_API_VERSION}. ` +
        "Install compatible SDK and plugin package versions.",
    );
  }
  if (typeof provider.pluginType !== "function" || typeof provider.pluginType.prototype !== "object") {
    throw new Error(`Plugin provider '${specifier}' must declare a constructable 'pluginType'.`);
  }
  if (typeof provider.createPlugin !== "function") {
    throw new Error(`Plugin provider '${specifier}' must define a 'createPlugin' factory function.`);
  }
  return provider as DurableInstrumentationPluginProvider;
}

function createPlugin(specifier: string, provider: DurableInstrumentationPluginProvider): DurableInstrumentationPlugin {
  let plugin: DurableInstrumentationPlugin;
  try {
    plugin = provider.createPlugin();
  } catch (cause) {
    const message = `Plugin provider '${specifier}' failed to create its plugin: ${messageOf(cause)}`;
    throw new Error(message, { cause });
  }
  if (plugin instanceof provider.pluginType) return plugin;
  const actual = (plugin as object | null | undefined)?.constructor?.name ?? String(plugin);
  throw new Error(
    `Plugin provider '${specifier}' declared plugin type '${provider.pluginType.name}' but created '${actual}'.`,
  );
}
