/** Reading what somebody else sends: it may be larger than memory, or never end. */

/** The other side sends what it should not, and would send it again: asking again is no use. */
export class ForeignDataError extends Error {
  override readonly name = "ForeignDataError";
}

export interface Bound {
  readonly mostBytes: number;
  /** The name of the data, for people. */
  readonly what: string;
}

/** The stream's bytes as text. @throws {ForeignDataError} beyond the bound; the rest is not read. */
export async function readBounded(
  stream: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  bound: Bound,
): Promise<string> {
  if (stream === null) return "";
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let text = "";
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      size += value.byteLength;
      if (size > bound.mostBytes) throw tooLarge(bound);
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

export function tooLarge({ what, mostBytes }: Bound): ForeignDataError {
  return new ForeignDataError(`${what} is larger than ${sizeText(mostBytes)}, and was not read.`);
}

function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${Math.round(bytes / 1_000_000)} MB`;
}
