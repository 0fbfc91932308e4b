/** Code in the part of an address that is sent to no server. Opening such a link shows the code; it runs nothing. */

import { ForeignDataError, readBounded } from "../../../console/views/wire/bounded.ts";

export interface SharedCode {
  readonly file: string;
  readonly code: string;
  /** JSON text. */
  readonly payload: string;
  /** The function to start; the first that the code exports when absent. */
  readonly functionName?: string;
  /** Tags to start it with, as they are written. */
  readonly tags?: string;
}

const KEY = "code";
/** A few hundred bytes unpack to hundreds of megabytes, if somebody wants them to. */
const MOST_BYTES = 1_000_000;

export async function toHash({ file, code, payload, functionName, tags }: SharedCode): Promise<string> {
  const stream = new Blob([JSON.stringify({ file, code, payload, functionName, tags })])
    .stream()
    .pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `#${KEY}=${base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/**
 * Undefined for a hash that holds no code.
 *
 * @throws {ForeignDataError} for code that cannot be read, or is larger than a megabyte when unpacked.
 */
export async function fromHash(hash: string): Promise<SharedCode | undefined> {
  if (!hash.startsWith(`#${KEY}=`)) return undefined;
  const text = hash.slice(KEY.length + 2);
  try {
    return readShared(JSON.parse(await unpack(text)));
  } catch (error) {
    if (error instanceof ForeignDataError) throw error;
    throw new ForeignDataError("The code of this link cannot be read: part of the link may be missing.", {
      cause: error,
    });
  }
}

function unpack(text: string): Promise<string> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return readBounded(stream, { what: "The code of this link, unpacked,", mostBytes: MOST_BYTES });
}

function readShared(value: unknown): SharedCode {
  const { file, code, payload, functionName, tags } = (value ?? {}) as Partial<Record<keyof SharedCode, unknown>>;
  if (typeof file === "string" && typeof code === "string" && typeof payload === "string") {
    const options = {
      ...(typeof functionName === "string" && { functionName }),
      ...(typeof tags === "string" && { tags }),
    };
    if (/^[\w.-]{1,80}$/.test(file)) return { file, code, payload, ...options };
  }
  throw new TypeError("no code in it");
}
