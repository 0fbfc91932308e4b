/** SHA-256 and HMAC over the platform's own cryptography. */

type Bytes = Uint8Array<ArrayBuffer>;

export function utf8(text: string): Bytes {
  // A copy, because not every platform's types say that the encoder's own buffer is no shared one.
  return new Uint8Array(new TextEncoder().encode(text));
}

export async function sha256(data: Bytes): Promise<string> {
  return hex(await crypto.subtle.digest("SHA-256", data));
}

export async function hmac(key: Bytes, text: string): Promise<Bytes> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, utf8(text)));
}

export function hex(bytes: ArrayBuffer | Bytes): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Takes the same time wherever the two differ; only their lengths show. */
export function isSame(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let i = 0; i < left.length; i++) difference |= left.charCodeAt(i) ^ right.charCodeAt(i);
  return difference === 0;
}
