/**
 * Payloads in files. A payload may have come from outside, as the answer to a callback does, and must not choose which
 * file is read: one is used only if it is the very file that this operation of this execution would have written, with
 * no symbolic link on the way to it from the folder that was configured.
 */

import { utf8Length } from "../engine/model/utf8.ts";
import type { FileSystemPathEncoding } from "./literals.ts";
import { requireNodeModule } from "./platform.ts";
import type { FileSystemSerdesConfig, SerdesContext } from "./types.ts";

export interface FilePayloads {
  serialize(value: unknown, context: SerdesContext): Promise<string>;
  deserialize(payload: string, context: SerdesContext): Promise<unknown>;
}

/** The parts of Node's modules that are used. */
interface NodeFiles {
  mkdir(path: string, options: { recursive: true }): Promise<unknown>;
  writeFile(path: string, data: string, options: { flag: number }): Promise<void>;
  readFile(path: string, options: { encoding: "utf8"; flag: number }): Promise<string>;
  realpath(path: string): Promise<string>;
  readonly constants: Readonly<Record<string, number>>;
}
interface NodePath {
  readonly sep: string;
  readonly join: (...segments: string[]) => string;
  readonly dirname: (path: string) => string;
  readonly relative: (from: string, to: string) => string;
  readonly resolve: (path: string) => string;
}
interface NodeCrypto {
  createHash(algorithm: "sha256"): { update(text: string): { digest(encoding: "hex"): string } };
}

type PathEncoding = `${FileSystemPathEncoding}`;
const ENCODINGS: readonly PathEncoding[] = ["URI", "HASH"];

/** What may be stored in line, in bytes, less what else a checkpoint says of the operation. */
const MAX_INLINE_BYTES = 255 * 1024;
const ARN = /^arn:[^:]*:lambda:[^:]*:[^:]*:function:([^:/]+):[^:/]+\/durable-execution\/([^/]+)\/([^/]+)$/;

/** Throws where the runtime has no files. */
export function filePayloads(basePath: string, config: FileSystemSerdesConfig): FilePayloads {
  const { storageMode = "ALWAYS", pathEncoding = "URI", generatePreview } = config;
  const files = new PayloadFiles(basePath);

  const toFile = async (value: unknown, text: string, context: SerdesContext): Promise<string> => {
    const file = files.pathOf(context, pathEncoding);
    await files.write(file, text);
    return JSON.stringify({ file, preview: generatePreview?.(value) || undefined });
  };
  return {
    serialize: async (value, context) => {
      const text = JSON.stringify(value);
      if (storageMode === "ALWAYS") return toFile(value, text, context);
      const inline = JSON.stringify({ data: text });
      return utf8Length(inline) > MAX_INLINE_BYTES ? toFile(value, text, context) : inline;
    },
    deserialize: async (payload, context) => {
      const { file, data } = JSON.parse(payload) as { file?: string; data: string };
      return JSON.parse(file === undefined ? data : await files.read(file, context)) as unknown;
    },
  };
}

class PayloadFiles {
  readonly #basePath: string;
  readonly #files = node<NodeFiles>("node:fs/promises");
  readonly #path = node<NodePath>("node:path");

  constructor(basePath: string) {
    this.#basePath = basePath;
  }

  /** Where an operation's payload is stored. */
  pathOf(context: SerdesContext, encoding: PathEncoding): string {
    const { join, resolve, sep } = this.#path;
    const segments = fileSegments(context, encoding);
    const file = join(this.#basePath, ...segments);
    const isBelow = segments.every((segment) => segment !== ".." && segment !== ".");
    if (isBelow && resolve(file).startsWith(resolve(this.#basePath) + sep)) return file;
    throw this.#refused(file);
  }

  async write(file: string, text: string): Promise<void> {
    await this.#files.mkdir(this.#path.dirname(file), { recursive: true });
    await this.#checkFolder(file);
    await this.#files.writeFile(file, text, { flag: this.#flags("O_WRONLY", "O_CREAT", "O_TRUNC", "O_NOFOLLOW") });
  }

  /** The encoding of paths may have been another one when the payload was stored. */
  async read(file: unknown, context: SerdesContext): Promise<string> {
    const { resolve } = this.#path;
    const isOwn =
      typeof file === "string" && ENCODINGS.some((each) => resolve(file) === resolve(this.pathOf(context, each)));
    if (!isOwn) throw this.#refused(file);
    await this.#checkFolder(file);
    return this.#files.readFile(file, { encoding: "utf8", flag: this.#flags("O_RDONLY", "O_NOFOLLOW") });
  }

  /** The configured folder itself may be reached by links, as mounts are. */
  async #checkFolder(file: string): Promise<void> {
    const { dirname, join, relative, resolve } = this.#path;
    const folder = dirname(resolve(file));
    const expected = join(await this.#files.realpath(this.#basePath), relative(resolve(this.#basePath), folder));
    if ((await this.#files.realpath(folder)) !== expected) throw this.#refused(file);
  }

  #flags(...names: readonly string[]): number {
    return names.reduce((flags, name) => flags | (this.#files.constants[name] ?? 0), 0);
  }

  #refused(file: unknown): Error {
    const [named, folder] = [JSON.stringify(file), JSON.stringify(this.#basePath)];
    return new Error(`The file ${named} is not that of this operation in ${folder}: it is not used.`);
  }
}

/** A folder for each execution: by function, name and incarnation where the ARN says them, else by the whole ARN. */
function fileSegments(context: SerdesContext, encoding: PathEncoding): readonly string[] {
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
