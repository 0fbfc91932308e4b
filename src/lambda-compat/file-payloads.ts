/**
 * Payloads in files. A file is used only if it lies under the folder that was configured: a payload may have come from
 * outside, and must not choose what of the machine's files is read.
 */

import { utf8Length } from "../engine/model/utf8.ts";
import type { FileSystemPathEncoding } from "./literals.ts";
import { requireNodeModule } from "./platform.ts";
import type { FileSystemSerdesConfig, SerdesContext } from "./types.ts";

export interface FilePayloads {
  serialize(value: unknown, context: SerdesContext): Promise<string>;
  deserialize(payload: string): Promise<unknown>;
}

/** The parts of Node's modules that are used. */
interface NodeFiles {
  mkdir(path: string, options: { recursive: true }): Promise<unknown>;
  writeFile(path: string, data: string): Promise<void>;
  readFile(path: string, encoding: "utf8"): Promise<string>;
}
interface NodePath {
  readonly sep: string;
  readonly join: (...segments: string[]) => string;
  readonly dirname: (path: string) => string;
  readonly resolve: (path: string) => string;
}
interface NodeCrypto {
  createHash(algorithm: "sha256"): { update(text: string): { digest(encoding: "hex"): string } };
}

/** What may be stored in line, in bytes, less what else a checkpoint says of the operation. */
const MAX_INLINE_BYTES = 255 * 1024;
const ARN = /^arn:[^:]*:lambda:[^:]*:[^:]*:function:([^:/]+):[^:/]+\/durable-execution\/([^/]+)\/([^/]+)$/;

/** Throws where the runtime has no files. */
export function filePayloads(basePath: string, config: FileSystemSerdesConfig): FilePayloads {
  const { storageMode = "ALWAYS", pathEncoding = "URI", generatePreview } = config;
  const files = node<NodeFiles>("node:fs/promises");
  const { join, dirname, resolve, sep } = node<NodePath>("node:path");

  const inFolder = (file: string): string => {
    if (resolve(file).startsWith(resolve(basePath) + sep)) return file;
    throw new Error(
      `The payload's file ${JSON.stringify(file)} is not in ${JSON.stringify(basePath)}: it is not used.`,
    );
  };
  const toFile = async (value: unknown, text: string, context: SerdesContext): Promise<string> => {
    const file = inFolder(join(basePath, ...fileSegments(context, pathEncoding)));
    await files.mkdir(dirname(file), { recursive: true });
    await files.writeFile(file, text);
    return JSON.stringify({ file, preview: generatePreview?.(value) || undefined });
  };
  return {
    serialize: async (value, context) => {
      const text = JSON.stringify(value);
      if (storageMode === "ALWAYS") return toFile(value, text, context);
      const inline = JSON.stringify({ data: text });
      return utf8Length(inline) > MAX_INLINE_BYTES ? toFile(value, text, context) : inline;
    },
    deserialize: async (payload) => {
      const { file, data } = JSON.parse(payload) as { file?: string; data: string };
      return JSON.parse(file === undefined ? data : await files.readFile(inFolder(file), "utf8")) as unknown;
    },
  };
}

/** A folder for each execution: by function, name and incarnation where the ARN says them, else by the whole ARN. */
function fileSegments(context: SerdesContext, encoding: `${FileSystemPathEncoding}`): readonly string[] {
  const encode = encoding === "HASH" ? sha256 : encodeURIComponent;
  const [, ...parts] = (encoding === "URI" && ARN.exec(context.durableExecutionArn)) || [];
  const folder = parts.length > 0 ? parts : [encode(context.durableExecutionArn)];
  return [...folder, `${encode(context.entityId)}.json`];
}

function sha256(text: string): string {
  return node<NodeCrypto>("node:crypto").createHash("sha256").update(text).digest("hex");
}

function node<Module>(id: `node:${string}`): Module {
  return requireNodeModule<Module>(id, "createFileSystemSerdes");
}
