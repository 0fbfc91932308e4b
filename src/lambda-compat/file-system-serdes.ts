/**
 * Keeps payloads in files under one folder, such as a mounted network file system, and in the log only where the file is.
 * Needs Node.js.
 *
 * A file is read only if it lies under that folder: a payload may have come from outside, and must not choose what of
 * the machine's files is read. So the folder stays the same while executions that use it run.
 */

import { utf8Length } from "../engine/model/utf8.ts";
import type { FileSystemPathEncoding, FileSystemSerdesMode } from "./literals.ts";
import { requireNodeModule } from "./platform.ts";
import type { AnySerdes, SerdesContext } from "./types.ts";

export interface FileSystemSerdesConfig {
  /** The default is ALWAYS. */
  storageMode?: `${FileSystemSerdesMode}`;
  /** The default is URI. */
  pathEncoding?: `${FileSystemPathEncoding}`;
  /** What the log shows of a value beside its file. */
  generatePreview?: (value: unknown) => Record<string, unknown> | undefined;
}

/** The parts of Node's modules that are used. */
interface NodeFiles {
  mkdir(path: string, options: { recursive: true }): Promise<unknown>;
  writeFile(path: string, data: string): Promise<void>;
  readFile(path: string, encoding: "utf8"): Promise<string>;
}
interface NodePath {
  readonly sep: string;
  join(...segments: string[]): string;
  resolve(path: string): string;
}
interface NodeCrypto {
  createHash(algorithm: "sha256"): { update(text: string): { digest(encoding: "hex"): string } };
}

type Encode = (segment: string) => string;

/** What a log line or row may take in line, less what stands around it. */
const MAX_INLINE_BYTES = 255 * 1024;
const ARN = /^arn:[^:]*:lambda:[^:]*:[^:]*:function:([^:/]+):[^:/]+\/durable-execution\/([^/]+)\/([^/]+)$/;

/** Throws on use, not here, where the runtime has no files. Rejects when a payload names a file outside `basePath`. */
export function createFileSystemSerdes(
  basePath: string,
  { storageMode = "ALWAYS", pathEncoding = "URI", generatePreview }: FileSystemSerdesConfig = {},
): AnySerdes {
  const toFile = async (value: unknown, text: string, context: SerdesContext): Promise<string> => {
    const file = await write(text, filePath(basePath, context, pathEncoding));
    return JSON.stringify({ file, preview: generatePreview?.(value) || undefined });
  };
  return {
    serialize: async (value: unknown, context) => {
      if (value === undefined) return undefined;
      const text = JSON.stringify(value);
      if (storageMode === "ALWAYS") return toFile(value, text, context);
      const inline = JSON.stringify({ data: text });
      return utf8Length(inline) > MAX_INLINE_BYTES ? toFile(value, text, context) : inline;
    },
    deserialize: async (payload) => {
      if (payload === undefined) return undefined;
      const { file, data } = JSON.parse(payload) as { file?: string; data: string };
      return JSON.parse(file === undefined ? data : await read(file, basePath)) as unknown;
    },
  };
}

/** In a folder for each execution: by function, name and incarnation where the ARN says them, else by the whole ARN. */
function filePath(basePath: string, context: SerdesContext, encoding: `${FileSystemPathEncoding}`): string[] {
  const encode: Encode = encoding === "HASH" ? sha256 : encodeURIComponent;
  const [, ...parts] = (encoding === "URI" && ARN.exec(context.durableExecutionArn)) || [];
  const folder = parts.length > 0 ? parts : [encode(context.durableExecutionArn)];
  return [basePath, ...folder, `${encode(context.entityId)}.json`];
}

async function write(text: string, segments: string[]): Promise<string> {
  const { join } = node<NodePath>("node:path");
  const { mkdir, writeFile } = node<NodeFiles>("node:fs/promises");
  await mkdir(join(...segments.slice(0, -1)), { recursive: true });
  const file = join(...segments);
  await writeFile(file, text);
  return file;
}

async function read(file: string, basePath: string): Promise<string> {
  const { resolve, sep } = node<NodePath>("node:path");
  if (!resolve(file).startsWith(resolve(basePath) + sep)) {
    throw new Error(
      `The payload's file ${JSON.stringify(file)} is not in ${JSON.stringify(basePath)}, so it is not read.`,
    );
  }
  return node<NodeFiles>("node:fs/promises").readFile(file, "utf8");
}

function sha256(text: string): string {
  return node<NodeCrypto>("node:crypto").createHash("sha256").update(text).digest("hex");
}

function node<Module>(id: `node:${string}`): Module {
  return requireNodeModule<Module>(id, "createFileSystemSerdes");
}
