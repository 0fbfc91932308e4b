/**
 * Payloads in files. A payload may have come from outside, as the answer to a callback does, and must not choose which
 * file is read: one is used only if it is the very file that this operation of this execution would have written, with
 * no symbolic link on the way to it from the folder that was configured.
 *
 * Others may write into that folder, and put a link in the place of a folder between a check and what follows on it. So on
 * Linux the file's folder is opened first, the kernel says where that is, and the file is opened from there. Elsewhere the
 * folder is checked, and then used.
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
  open(path: string, flags: number): Promise<NodeFile>;
  realpath(path: string): Promise<string>;
  lstat(path: string): Promise<NodeStats>;
  readonly constants: Readonly<Record<string, number>>;
}
interface NodeFile {
  readonly fd: number;
  stat(): Promise<NodeStats>;
  truncate(): Promise<void>;
  writeFile(data: string): Promise<void>;
  readFile(encoding: "utf8"): Promise<string>;
  close(): Promise<void>;
}
interface NodeStats {
  isFile(): boolean;
  isDirectory(): boolean;
}
interface NodePath {
  readonly sep: string;
  readonly basename: (path: string) => string;
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

/** The largest payload stored in line, in bytes: the limit less the rest of a checkpoint for the operation. */
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

/** The folder in which Linux lists a process's open files; its entries stay valid when a path changes. */
const DESCRIPTORS = "/proc/self/fd";

async function closing<T>(file: NodeFile, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } finally {
    await file.close();
  }
}

class PayloadFiles {
  readonly #basePath: string;
  readonly #files = node<NodeFiles>("node:fs/promises");
  readonly #path = node<NodePath>("node:path");

  constructor(basePath: string) {
    this.#basePath = basePath;
  }

  /** The path of the file that holds an operation's payload. */
  pathOf(context: SerdesContext, encoding: PathEncoding): string {
    const { join, resolve, sep } = this.#path;
    const segments = fileSegments(context, encoding);
    const file = join(this.#basePath, ...segments);
    const isBelow = segments.every((segment) => segment !== ".." && segment !== ".");
    if (isBelow && resolve(file).startsWith(resolve(this.#basePath) + sep)) return file;
    throw this.#refused(file);
  }

  async write(file: string, text: string): Promise<void> {
    // Emptied only once it is known which file it is.
    const put = (): Promise<void> =>
      this.#use(file, ["O_WRONLY", "O_CREAT"], async (opened) => {
        await opened.truncate();
        await opened.writeFile(text);
      });
    try {
      await put();
    } catch (error) {
      if ((error as { code?: unknown }).code !== "ENOENT") throw error;
      await this.#makeFolders(file);
      await put();
    }
  }

  /** The encoding of paths may have been another one when the payload was stored. */
  async read(file: unknown, context: SerdesContext): Promise<string> {
    const { resolve } = this.#path;
    const isOwn =
      typeof file === "string" && ENCODINGS.some((each) => resolve(file) === resolve(this.pathOf(context, each)));
    if (!isOwn) throw this.#refused(file);
    return this.#use(file, ["O_RDONLY"], (opened) => opened.readFile("utf8"));
  }

  /**
   * Opens a file. Anything else at the path, such as a pipe that nobody writes to, is opened without waiting, and
   * refused.
   */
  async #use<T>(file: string, flags: readonly string[], task: (opened: NodeFile) => Promise<T>): Promise<T> {
    const { dirname, basename, join, resolve } = this.#path;
    return this.#inFolder(dirname(resolve(file)), file, async (folder) => {
      const path = join(folder, basename(file));
      const opened = await this.#files.open(path, this.#flags(...flags, "O_NOFOLLOW", "O_NONBLOCK"));
      return closing(opened, async () => {
        if (!(await opened.stat()).isFile()) throw this.#refused(file);
        return task(opened);
      });
    });
  }

  /** Gives the task a path of the folder to which no link leads. */
  async #inFolder<T>(folder: string, file: string, task: (folder: string) => Promise<T>): Promise<T> {
    const expected = await this.#placeOf(folder);
    if (!(await this.#hasDescriptors())) {
      if ((await this.#files.realpath(folder)) !== expected) throw this.#refused(file);
      return task(folder);
    }
    const held = await this.#files.open(folder, this.#flags("O_RDONLY", "O_DIRECTORY"));
    return closing(held, async () => {
      const path = `${DESCRIPTORS}/${held.fd}`;
      if ((await this.#files.realpath(path)) !== expected) throw this.#refused(file);
      return task(path);
    });
  }

  /** The configured folder itself may be reached by links, as mounts are. */
  async #placeOf(folder: string): Promise<string> {
    const { join, relative, resolve } = this.#path;
    return join(await this.#files.realpath(this.#basePath), relative(resolve(this.#basePath), folder));
  }

  #hasDescriptors(): Promise<boolean> {
    return this.#files.realpath(DESCRIPTORS).then(
      (path) => path.startsWith("/proc/"),
      () => false,
    );
  }

  /** One after the other, so that none is made behind a link. */
  async #makeFolders(file: string): Promise<void> {
    const { dirname, resolve } = this.#path;
    const base = resolve(this.#basePath);
    const missing: string[] = [];
    for (let folder = dirname(resolve(file)); folder !== base; folder = dirname(folder)) missing.unshift(folder);
    await this.#files.mkdir(base, { recursive: true });
    for (const folder of missing) {
      await this.#files.mkdir(folder, { recursive: true });
      if (!(await this.#files.lstat(folder)).isDirectory()) throw this.#refused(file);
    }
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
