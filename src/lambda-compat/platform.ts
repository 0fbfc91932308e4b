/**
 * Features that only some runtimes have. Nothing is imported: in a Worker or a tab the module loads as everywhere else.
 * Only a feature that needs Node reports that, when it is used.
 */

interface NodeProcess {
  readonly env?: Readonly<Record<string, string | undefined>>;
  cwd(): string;
  getBuiltinModule?(id: string): unknown;
}

/** Node's `process`, where there is one. */
export function nodeProcess(): NodeProcess | undefined {
  return (globalThis as { process?: NodeProcess }).process;
}

export function environment(name: string): string | undefined {
  return nodeProcess()?.env?.[name];
}

/** True unless the environment says otherwise: NODE_ENV is `production` or `test`, or the process is Lambda's. */
export function isDevelopment(): boolean {
  const mode = environment("NODE_ENV");
  return mode !== "production" && mode !== "test" && environment("AWS_LAMBDA_FUNCTION_NAME") === undefined;
}

/** A module of Node's, without importing it; undefined where the runtime has none of that name. */
export function nodeModule<Module>(id: `node:${string}`): Module | undefined {
  return nodeProcess()?.getBuiltinModule?.(id) as Module | undefined;
}

/** The same for a feature that cannot do without. Throws an Error that names the feature. */
export function requireNodeModule<Module>(id: `node:${string}`, feature: string): Module {
  const found = nodeModule<Module>(id);
  if (found === undefined) throw new Error(`${feature} needs Node.js: this runtime has no "${id}".`);
  return found;
}
