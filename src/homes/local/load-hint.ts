/** What to do about a module that Node cannot load, where Node's own words do not say so. */

interface LoadError {
  readonly code?: unknown;
  readonly message?: unknown;
}

export function loadHint(error: unknown): string | undefined {
  const { code, message } = (error ?? {}) as LoadError;
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") {
    return (
      "Node strips types and does not translate TypeScript. For enums, namespaces and parameter properties set " +
      'NODE_OPTIONS=--experimental-transform-types, or install tsx and set NODE_OPTIONS="--import tsx".'
    );
  }
  if (code === "ERR_MODULE_NOT_FOUND" && /imported from .*\.[cm]?tsx?$/m.test(String(message))) {
    return 'Node wants whole file names: import "./steps.ts" instead of "./steps". Or install tsx and set NODE_OPTIONS="--import tsx".';
  }
  if (code === "ERR_UNKNOWN_FILE_EXTENSION") {
    return 'This Node cannot load such files: install tsx and set NODE_OPTIONS="--import tsx", or build them first.';
  }
  return undefined;
}
