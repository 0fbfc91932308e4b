import { type Bound, tooLarge } from "./bounded.ts";

export interface ServerEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

export interface EventBounds {
  /** Of one event; default 64 MB. */
  readonly mostBytesAnEvent?: number;
  /** Of all; default 512 MB. */
  readonly mostBytes?: number;
}

/**
 * The events of a text/event-stream, which an EventSource cannot read with a credential.
 *
 * @throws {ForeignDataError} for an event, or for a stream, beyond its bound.
 */
export async function* readEvents(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  { mostBytesAnEvent = 64_000_000, mostBytes = 512_000_000 }: EventBounds = {},
): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  const one: Bound = { what: "An event of the Worker's stream", mostBytes: mostBytesAnEvent };
  const all: Bound = { what: "The Worker's stream", mostBytes };
  const parts = new EventParts();
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      size += value.byteLength;
      if (size > mostBytes) throw tooLarge(all);
      for (const block of parts.take(decoder.decode(value, { stream: true }))) {
        const event = parseEvent(block);
        if (event !== undefined) yield event;
      }
      if (parts.length > mostBytesAnEvent) throw tooLarge(one);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Cuts text at empty lines, in a time that grows with the text alone, however small its pieces are. */
class EventParts {
  #pending: string[] = [];
  #length = 0;

  /** Of what has no end yet, in UTF-16 code units. */
  get length(): number {
    return this.#length;
  }

  /** The blocks that end in this piece. */
  take(piece: string): readonly string[] {
    const isEnd = piece.includes("\n\n") || (piece.startsWith("\n") && this.#pending.at(-1)?.endsWith("\n") === true);
    if (piece !== "") this.#pending.push(piece);
    this.#length += piece.length;
    if (!isEnd) return [];
    const blocks = this.#pending.join("").split("\n\n");
    const rest = blocks.pop() ?? "";
    this.#pending = rest === "" ? [] : [rest];
    this.#length = rest.length;
    return blocks;
  }
}

/** Undefined for a comment. */
function parseEvent(block: string): ServerEvent | undefined {
  const fields: Record<string, string[]> = {};
  for (const line of block.split("\n")) {
    const [, name = "", value = ""] = /^(\w+):\s?(.*)$/.exec(line) ?? [];
    if (name !== "") (fields[name] ??= []).push(value);
  }
  if (fields["event"] === undefined) return undefined;
  const joined = (name: string): string => fields[name]?.join("\n") ?? "";
  return { id: joined("id"), event: joined("event"), data: joined("data") };
}
