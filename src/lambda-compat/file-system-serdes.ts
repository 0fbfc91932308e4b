import type { AnySerdes, FileSystemSerdesConfig } from "./types.ts";

/**
 * Keeps payloads in files under `basePath`, such as a mounted network file system, and in the log only where the file
 * is. Needs Node.js: elsewhere its methods reject. Deserialising rejects when the payload names a file outside
 * `basePath`, so that stays the same while executions that use it run.
 */
export function createFileSystemSerdes(basePath: string, config: FileSystemSerdesConfig = {}): AnySerdes {
  const open = async () => (await import("./file-payloads.ts")).filePayloads(basePath, config);
  return {
    serialize: async (value, context) => (value === undefined ? undefined : (await open()).serialize(value, context)),
    deserialize: async (payload) => (payload === undefined ? undefined : (await open()).deserialize(payload)),
  };
}
