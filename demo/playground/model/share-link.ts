/** Code in the part of an address that is sent to no server. Opening such a link shows the code; it runs nothing. */

export interface SharedCode {
  readonly file: string;
  readonly code: string;
  /** JSON text. */
  readonly payload: string;
}

const KEY = "code";

export async function toHash(shared: SharedCode): Promise<string> {
  const bytes = await through(new TextEncoder().encode(JSON.stringify(shared)), new CompressionStream("deflate-raw"));
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `#${KEY}=${base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/** Undefined for a hash that holds no code. */
export async function fromHash(hash: string): Promise<SharedCode | undefined> {
  const [, text] = new RegExp(`^#${KEY}=([\\w-]+)$`).exec(hash) ?? [];
  if (text === undefined) return undefined;
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const json = new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw")));
    return readShared(JSON.parse(json));
  } catch {
    return undefined;
  }
}

function readShared(value: unknown): SharedCode | undefined {
  const { file, code, payload } = (value ?? {}) as Partial<Record<keyof SharedCode, unknown>>;
  if (typeof file !== "string" || typeof code !== "string" || typeof payload !== "string") return undefined;
  return /^[\w.-]{1,80}$/.test(file) ? { file, code, payload } : undefined;
}

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  transform: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(transform);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
