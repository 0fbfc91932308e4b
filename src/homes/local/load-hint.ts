/** What Node's own words do not say of a module that it cannot load: where the fault is, and what to do about it. */

interface LoadError {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
}

export function loadHint(error: unknown): string | undefined {
  const { code, message, stack } = (error ?? {}) as LoadError;
  // The file may be one that is imported. Node writes the place before the error, for TypeScript alone.
  if (code === "ERR_INVALID_TYPESCRIPT_SYNTAX") return /^\S+:\d+\n[^]*?(?=\n\n)/.exec(String(stack))?.[0];
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
