import { filePayloads } from "#rarely-used";
import type { AnySerdes, FileSystemSerdesConfig } from "./types.ts";

/**
 * Keeps payloads in files under `basePath`, such as a mounted network file system, and in the log only where the file
 * is. Needs Node.js: elsewhere its methods reject. Deserialising rejects when the payload names another file than the one
 * of its own operation, or when a symbolic link below `basePath` leads there; so `basePath` stays the same while
 * executions that use it run, and the answer to a callback, which no operation has stored, cannot name a file.
 */
export function createFileSystemSerdes(basePath: string, config: FileSystemSerdesConfig = {}): AnySerdes {
  const open = async () => filePayloads(basePath, config);
  return {
    serialize: async (value, context) => (value === undefined ? undefined : (await open()).serialize(value, context)),
    deserialize: async (payload, context) =>
      payload === undefined ? undefined : (await open()).deserialize(payload, context),
  };
}
