import { usageError } from "./failures.ts";

/**
 * Files as they are, TypeScript too, and executions in SQLite: what `perdure dev` needs has come with this version.
 *
 * @throws {CommandError} USAGE for an older one.
 */
export function requireNode(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18)) return;
  throw usageError(
    `perdure dev needs Node 22.18 or newer, or 24, and this is Node ${version}. The other commands run here too: with ` +
      "--url or --aws they reach executions elsewhere.",
  );
}
